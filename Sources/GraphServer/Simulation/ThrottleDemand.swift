import GraphModel

extension ThrottleState.Demand {
    /// What a request counts for (reference, section 15, unit costs).
    init(_ request: GraphRequest) {
        let place = RequestPlace(request)
        // A token that names no app stands for one by itself.
        app = request.caller.clientID ?? request.caller.id
        tenant = request.caller.tenantID ?? ""
        mailbox = place.mailbox
        isWrite = request.method.isWrite
        uploaded = [.post, .patch, .put].contains(request.method) ? request.body.count : 0
        isAboutExtensions = place.mailbox != nil && place.isAboutExtensions
        var hasher = Hasher()
        hasher.combine(request.caller.id)
        hasher.combine(request.method)
        hasher.combine(request.path)
        hasher.combine(request.query)
        hasher.combine(request.headers["client-request-id"])
        hasher.combine(request.key)
        hasher.combine(request.body)
        fingerprint = hasher.finalize()
        units = place.mailbox == nil ? Self.units(of: request, place) : 0
    }

    private static func units(of request: GraphRequest, _ place: RequestPlace) -> Int {
        let names = place.segments.map { $0.lowercased() }
        var units =
            switch names.first {
            case "users" where names.count <= 2: 2
            case "me" where names.last == "memberof": 2
            case "directoryobjects" where names.last == "getbyids": 3
            case "groups" where names.count > 2 && names[2] == "members": 3
            case "groups" where names.count > 2 && names[2] == "transitivemembers": 5
            default: 1
            }
        for option in request.query.split(separator: "&") {
            let parts = option.split(separator: "=", maxSplits: 1).map {
                PercentEncoding.decode(String($0), plusIsSpace: true).lowercased()
            }
            switch parts.first {
            case "$select", "select": units -= 1
            case "$expand", "expand": units += 1
            case "$top", "top": if parts.count == 2, let top = Int(parts[1]), top < 20 { units -= 1 }
            default: break
            }
        }
        return max(1, units)
    }
}
