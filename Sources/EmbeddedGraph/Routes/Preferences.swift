import GraphModel

/// What a client would like of the answer, by the header `Prefer` (RFC 7240).
struct Preferences {
    /// How many items a page should have at most.
    private(set) var maximumPageSize: Int?
    /// What the bodies of posts should be (reference, section 7).
    private(set) var bodyType: NewPost.ContentType?
    /// Whether an answer that has nothing to say should be 204.
    private(set) var wantsMinimal = false

    /// Reads the header; what is not known, or not of its kind, is passed over.
    init(_ field: String?) {
        for preference in (field ?? "").lowercased().split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let halves = preference.split(separator: "=").map { $0.filter { !$0.isWhitespace && $0 != "\"" } }
            guard halves.count == 2 else { continue }
            switch halves[0] {
            case "odata.maxpagesize", "maxpagesize":
                if let size = Int(halves[1]), size > 0 { maximumPageSize = maximumPageSize ?? size }
            case "outlook.body-content-type": bodyType = bodyType ?? NewPost.ContentType(rawValue: halves[1])
            case "return": wantsMinimal = wantsMinimal || halves[1] == "minimal"
            default: break
            }
        }
    }

    /// The preference for the bodies of posts as the header has it.
    static func bodyType(_ type: NewPost.ContentType) -> String {
        "outlook.body-content-type=\"\(type.rawValue)\""
    }
}

extension OperationContext {
    var preferences: Preferences { Preferences(request.headers["Prefer"]) }

    /// Says in the answer that posts' bodies are as the client would like them.
    func noteBodyType(_ response: GraphResponse) -> GraphResponse {
        guard let type = preferences.bodyType else { return response }
        var response = response
        response.headers.notePreference(Preferences.bodyType(type))
        return response
    }

    /// The answer to an action that has nothing to say: 200, or 204 if the client prefers that.
    var nothing: GraphResponse {
        guard preferences.wantsMinimal else { return GraphResponse(status: 200) }
        var response = GraphResponse(status: 204)
        response.headers.notePreference("return=minimal")
        return response
    }
}

extension GraphHeaders {
    /// Adds to `Preference-Applied`.
    mutating func notePreference(_ preference: String) {
        self["Preference-Applied"] = self["Preference-Applied"].map { "\($0), \(preference)" } ?? preference
    }
}
