import Testing

@testable import GraphClient

/// What `--backend` understands (reference, section 17; section 2.1, row 18).
@Suite struct GraphCloudTests {
    @Test(arguments: [
        ("global", "https://graph.microsoft.com/v1.0"), ("USGov", "https://graph.microsoft.us/v1.0"),
        ("usgov-dod", "https://dod-graph.microsoft.us/v1.0"), ("china", "https://microsoftgraph.chinacloudapi.cn/v1.0"),
        ("https://graph.microsoft.com/beta", "https://graph.microsoft.com/beta"),
    ])
    func `the clouds are known by name and by address`(text: String, root: String) throws {
        let cloud = try GraphCloud(text)
        #expect(cloud.root == root)
        #expect(cloud.kind == .microsoftGraph)
        #expect(cloud.login != nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1.0"),
        ("http://localhost:1/v1.0/", "http://localhost:1/v1.0"),
        ("http://[::1]:8080", "http://[::1]:8080/v1.0"),
        ("https://herald.contoso.example", "https://herald.contoso.example/v1.0"),
    ])
    func `any other address is a server's`(text: String, root: String) throws {
        let cloud = try GraphCloud(text)
        #expect(cloud.root == root)
        #expect(cloud.kind == .herald)
    }

    @Test(arguments: [
        "", "graph.microsoft.com", "ftp://x", "https://", "http://herald.contoso.example", "https://u:p@x.example",
        "https://x.example/herald", "https://x.example/v1.0/groups", "https://x.example?a=1",
    ])
    func `what is no address, or would show the token, is refused`(text: String) {
        #expect(throws: BackendFault.self) { try GraphCloud(text) }
    }
}

/// Proxies as the environment names them.
@Suite struct HTTPProxyTests {
    @Test func `an address is reached through the proxy of its scheme`() {
        let variables = [
            "https_proxy": "http://adele:secret@proxy.contoso.example:3128", "http_proxy": "plain.example",
        ]
        let proxy = HTTPProxy(for: "https://graph.microsoft.com/v1.0", variables: variables)
        #expect(proxy?.host == "proxy.contoso.example")
        #expect(proxy?.port == 3128)
        #expect(proxy?.authorization == "YWRlbGU6c2VjcmV0")
        let plain = HTTPProxy(for: "http://127.0.0.1:80", variables: variables)
        #expect(plain?.host == "plain.example")
        #expect(plain?.port == 8080)
        #expect(HTTPProxy(for: "https://x.example", variables: [:]) == nil)
    }

    @Test(arguments: ["*", "contoso.example", ".contoso.example", "a.example, herald.contoso.example"])
    func `exceptions go without`(exceptions: String) {
        let variables = ["https_proxy": "http://proxy.example", "no_proxy": exceptions]
        #expect(HTTPProxy(for: "https://herald.contoso.example/v1.0", variables: variables) == nil)
        #expect(
            HTTPProxy(
                for: "https://xcontoso.example/v1.0",
                variables: ["https_proxy": "p.example", "no_proxy": "contoso.example"]
            ) != nil
        )
    }
}
