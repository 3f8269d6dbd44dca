import GraphModel
import Testing

@Suite struct EmailAddressTests {
    @Test(
        arguments: [
            "AdeleV@contoso.example", "a.b+tag@contoso.example", "o'neill@sub.contoso.example", "x@1.example",
            "\"Adele Vance\"@contoso.example", "\"a@b\"@contoso.example", "adele@[192.0.2.1]",
            "adele@[IPv6:2001:db8::1]",
            "jürgen@müller.example", "用户@例子.example", "!#$%&'*+-/=?^_`{|}~@contoso.example",
        ]
    )
    func `takes what mail could be sent to`(address: String) {
        #expect(EmailAddress.fault(in: address) == nil)
    }

    @Test(
        arguments: [
            ("", "missing"), ("adele", "needs an '@'"), ("@contoso.example", "before the '@'"),
            ("adele@", "after the '@'"),
            ("adele v@contoso.example", "space"), ("adele@contoso example", "space"), (".a@contoso.example", "dot"),
            ("a.@contoso.example", "dot"), ("a..b@contoso.example", "dot"), ("a@b@contoso.example", "more than one"),
            ("a@contoso", "no dot"), ("a@-contoso.example", "hyphen"), ("a@contoso-.example", "hyphen"),
            ("a@contoso..example", "empty part"), ("a@.example", "empty part"), ("a@contoso.", "empty part"),
            ("a@contoso_x.example", "no domain may hold"), ("a\u{7}@contoso.example", "control"),
            ("<a@contoso.example>", "'<'"), ("a@[nonsense!]", "network address"), ("a,b@contoso.example", "','"),
            (String(repeating: "a", count: 65) + "@contoso.example", "64 bytes"),
            ("a@" + String(repeating: "b", count: 64) + ".example", "63 bytes"),
            ("a@" + String(repeating: "b.", count: 130) + "example", "254 bytes"),
        ]
    )
    func `says why an address is none`(address: String, reason: String) {
        let fault = EmailAddress.fault(in: address)
        #expect(fault?.contains(reason) == true, "\(fault ?? "taken")")
    }
}
