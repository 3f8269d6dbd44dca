import Testing

@testable import ServerCommands

struct ListenAddressTests {
    @Test(arguments: ["127.0.0.1:8080", "127.8.0.1:0", "localhost:1", "[::1]:8080", "unix:/run/herald.sock"])
    func `addresses of this machine alone are accepted`(_ text: String) throws {
        let address = try #require(ListenAddress(argument: text))
        #expect(address.isLocal)
        #expect(address.description == text)
    }

    @Test(arguments: ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80", "127.example.com:80", "contoso.example:443"])
    func `other addresses are refused as wrong usage`(_ text: String) async throws {
        let address = try #require(ListenAddress(argument: text))
        #expect(!address.isLocal)
        #expect(await ServerCommand.run(["--listen", text]) == 2)
    }

    @Test(arguments: ["", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", ":80", "unix:"])
    func `what is no address is refused`(_ text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }
}
