import EmbeddedGraph
import Foundation
import GraphModel
import Testing

// Reference, section 4.1: GET …/attachments/{a}/$value, attachment writes and $count; section 10.
@Suite struct AttachmentValueTests {
    private func attach(_ graph: Fixture, _ attachment: String) async throws -> String {
        let made = try await graph.converse(post: #""attachments":[\#(attachment)]"#)
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/attachments"
        return "\(path)/\(try #require(try await graph.get(path).ids.first))"
    }

    @Test func `a file is given as its bytes with the stored type`() async throws {
        let graph = try await Fixture()
        let bytes = Data([0, 255, 13, 10, 128])
        let path = try await attach(
            graph,
            #"{"name":"f.bin","contentType":"application/x-thing","contentBytes":"\#(bytes.base64EncodedString())"}"#
        )
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.status == 200 && answer.response.body == Array(bytes))
        #expect(answer.headers["Content-Type"] == "application/x-thing")
        #expect(answer.headers["Content-Disposition"] == #"attachment; filename="f.bin""#)
    }

    @Test func `a name or a type that no header can hold does no harm`() async throws {
        let graph = try await Fixture()
        let path = try await attach(
            graph,
            #"{"name":"Plän \"1\"\r\nX: y.txt","contentType":"text/plain\r\nX: y","contentBytes":""}"#
        )
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/octet-stream")
        let disposition = try #require(answer.headers["Content-Disposition"])
        #expect(disposition.utf8.allSatisfy { 0x20..<0x7F ~= $0 })
        #expect(disposition.hasPrefix(#"attachment; filename="Pl_n _1___X: y.txt"; filename*=UTF-8''Pl%C3%A4n"#))
    }

    @Test func `an event is given as iCalendar in UTC`() async throws {
        let graph = try await Fixture()
        let path = try await attach(
            graph,
            """
            {"@odata.type":"#microsoft.graph.itemAttachment","name":"Offsite","item":{
            "@odata.type":"microsoft.graph.event","subject":"Offsite, all; of us","iCalUId":"u-1",
            "body":{"contentType":"html","content":"<p>One</p><p>Two</p>"},
            "start":{"dateTime":"2026-07-15T09:00:00.0000000","timeZone":"W. Europe Standard Time"},
            "end":{"dateTime":"2026-07-15T10:00:00","timeZone":"Europe/Berlin"},
            "location":{"displayName":"Room 1"},
            "organizer":{"emailAddress":{"name":"Megan \\"M\\" Bowen","address":"megan@contoso.example"}}}}
            """
        )
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.headers["Content-Type"] == "text/calendar; charset=utf-8")
        #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
        let lines = answer.text.components(separatedBy: "\r\n")
        #expect(lines.prefix(2) == ["BEGIN:VCALENDAR", "VERSION:2.0"] && lines.suffix(2) == ["END:VCALENDAR", ""])
        for line in [
            "UID:u-1", "DTSTAMP:20260115T083000Z", "DTSTART:20260715T070000Z", "DTEND:20260715T080000Z",
            #"SUMMARY:Offsite\, all\; of us"#, #"DESCRIPTION:One\nTwo"#, "LOCATION:Room 1",
            #"ORGANIZER;CN="Megan M Bowen":mailto:megan@contoso.example"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func `an event of a whole day has dates, and long lines are folded between characters`() async throws {
        let graph = try await Fixture()
        let subject = String(repeating: "ä", count: 60)
        let path = try await attach(
            graph,
            """
            {"name":"Day","item":{"subject":"\(subject)","isAllDay":true,
            "start":{"dateTime":"2026-07-15T00:00:00","timeZone":"UTC"},
            "end":{"dateTime":"2026-07-16T00:00:00","timeZone":"UTC"}}}
            """
        )
        let text = try await graph.get("\(path)/$value").text
        #expect(text.contains("DTSTART;VALUE=DATE:20260715\r\n") && text.contains("DTEND;VALUE=DATE:20260716\r\n"))
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        #expect(text.replacing("\r\n ", with: "").contains("SUMMARY:\(subject)\r\n"))
    }

    @Test func `a contact is given as a vCard`() async throws {
        let graph = try await Fixture()
        let path = try await attach(
            graph,
            """
            {"@odata.type":"#microsoft.graph.itemAttachment","name":"Megan","item":{
            "@odata.type":"#microsoft.graph.contact","givenName":"Megan","surname":"Bowen","companyName":"Contoso, Ltd",
            "emailAddresses":[{"address":"megan@contoso.example"}],"mobilePhone":"+1 555 0100",
            "businessAddress":{"street":"1 Main St","city":"Seattle","countryOrRegion":"US"}}}
            """
        )
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.headers["Content-Type"] == "text/vcard; charset=utf-8")
        #expect(
            answer.text
                == [
                    "BEGIN:VCARD", "VERSION:4.0", "FN:Megan Bowen", "N:Bowen;Megan;;;", #"ORG:Contoso\, Ltd;"#,
                    "EMAIL:megan@contoso.example", "TEL;TYPE=cell:+1 555 0100",
                    "ADR;TYPE=work:;;1 Main St;Seattle;;;US", "END:VCARD", "",
                ].joined(separator: "\r\n")
        )
    }

    @Test func `a message is given as a mail`() async throws {
        let graph = try await Fixture()
        let path = try await attach(
            graph,
            """
            {"@odata.type":"#microsoft.graph.itemAttachment","name":"Mail","item":{
            "@odata.type":"#microsoft.graph.message","subject":"Übersicht","sentDateTime":"2026-01-14T09:05:06Z",
            "internetMessageId":"<1@contoso.example>",
            "body":{"contentType":"html","content":"<p>Grüße</p>"},
            "from":{"emailAddress":{"name":"Megan Bowen","address":"megan@contoso.example"}},
            "toRecipients":[{"emailAddress":{"address":"alex@contoso.example"}},
            {"emailAddress":{"name":"Diego","address":"diego@contoso.example"}}]}}
            """
        )
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.headers["Content-Type"] == "message/rfc822")
        let parts = answer.text.components(separatedBy: "\r\n\r\n")
        #expect(
            parts.first?.components(separatedBy: "\r\n") == [
                "Date: Wed, 14 Jan 2026 09:05:06 +0000", #"From: "Megan Bowen" <megan@contoso.example>"#,
                "To: alex@contoso.example,", #" "Diego" <diego@contoso.example>"#,
                "Subject: =?utf-8?B?\(Data("Übersicht".utf8).base64EncodedString())?=",
                "Message-ID: <1@contoso.example>",
                "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64",
            ]
        )
        #expect(parts.last == Data("<p>Grüße</p>".utf8).base64EncodedString() + "\r\n")
    }

    @Test func `a reference has no value, by any method`() async throws {
        let graph = try await Fixture()
        let path = try await attach(graph, #"{"name":"Plan","sourceUrl":"https://example.com/plan"}"#)
        let answer = try await graph.get("\(path)/$value")
        #expect(answer.isRefusal(405, .invalidRequest) && answer.headers["Allow"] == "")
    }

    @Test func `attachments of a post are neither added, changed nor removed, but counted`() async throws {
        let graph = try await Fixture()
        let path = try await attach(graph, #"{"name":"f.txt","contentBytes":"aGVsbG8="}"#)
        let collection = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
        for (method, path) in [
            (GraphRequest.Method.post, collection), (.post, "\(collection)/createUploadSession"), (.patch, path),
            (.delete, path),
        ] {
            let answer = try await graph.send(method, path, method == .delete ? "" : "{}")
            #expect(answer.isRefusal(405, .invalidRequest) && answer.headers["Allow"] == "GET")
        }
        let count = try await graph.get("\(collection)/$count")
        #expect(count.status == 200 && count.text == "1" && count.headers["Content-Type"] == "text/plain")
    }
}
