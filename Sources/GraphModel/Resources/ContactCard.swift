/// A contact as a vCard (RFC 6350).
struct ContactCard {
    let text: String

    init(_ contact: JSONValue) {
        func text(_ member: String) -> String? { contact[member]?.string }
        var lines = ContentLines()
        lines.add("BEGIN", raw: "VCARD")
        lines.add("VERSION", raw: "4.0")
        let names = [text("givenName"), text("surname")].compactMap(\.self).filter { !$0.isEmpty }
        // A card must say what it is called.
        let name =
            text("displayName")
            ?? (names.isEmpty ? text("companyName") ?? text("fileAs") : names.joined(separator: " "))
        lines.add("FN", name ?? "?")
        lines.add(
            "N",
            parts: [text("surname"), text("givenName"), text("middleName"), text("title"), text("generation")]
        )
        lines.add("NICKNAME", text("nickName"))
        lines.add("ORG", parts: [text("companyName"), text("department")])
        lines.add("TITLE", text("jobTitle"))
        for entry in contact["emailAddresses"]?.elements ?? [] { lines.add("EMAIL", entry["address"]?.string) }
        for number in contact.strings("businessPhones") { lines.add("TEL;TYPE=work", number) }
        for number in contact.strings("homePhones") { lines.add("TEL;TYPE=home", number) }
        lines.add("TEL;TYPE=cell", text("mobilePhone"))
        for (type, member) in [("work", "businessAddress"), ("home", "homeAddress")] {
            guard let address = contact[member] else { continue }
            lines.add(
                "ADR;TYPE=\(type)",
                parts: [nil, nil]
                    + ["street", "city", "state", "postalCode", "countryOrRegion"].map { address[$0]?.string }
            )
        }
        lines.add("NOTE", text("personalNotes"))
        lines.add("END", raw: "VCARD")
        self.text = lines.text
    }
}
