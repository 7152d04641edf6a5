import Foundation
import Testbed
import Testing

@testable import Persistence

/// What is said of a connection URI whose password was not encoded. Every password here is made of two words, and none of
/// them may be told.
@Suite struct ConnectionTargetTests {
    /// What is said when a session of `uri` is wanted, which nobody answers.
    private func said(_ uri: String) -> PersistenceError? {
        #expect(throws: PersistenceError.self, "\(uri)") {
            try Connection(uri: uri, settings: SessionSettings(applicationName: "x"))
        }
    }

    private func isSilent(_ error: PersistenceError?) -> Bool {
        guard let said = error?.description.lowercased() else { return false }
        return !["quokka", "numbat", "4711", "9123"].contains { said.contains($0) }
    }

    private static let marks = [
        "/", "@", "?", "#", ":", "%", "[", "]", "@/", "/@", "?@", "#@", "//", ":@", "@@", "&", "=", " ",
    ]

    @Test(arguments: marks) func noPieceOfAPasswordIsTold(mark: String) {
        for password in [
            "Quokka\(mark)Numbat", "\(mark)Quokka4711", "4711\(mark)9123", "Quokka4711\(mark)", "Numbat\(mark)/#9123",
        ] {
            for rest in ["127.0.0.1:1/entente", "127.0.0.1:1", "/entente?host=127.0.0.1&port=1", "[::1]:1/entente"] {
                for scheme in ["postgresql", "postgres"] {
                    let error = said("\(scheme)://worker:\(password)@\(rest)")
                    #expect(isSilent(error), "\(password) at \(rest): \(error?.description ?? "")")
                }
            }
            let error = said("host=127.0.0.1 port=1 user=worker password=\(password) dbname=entente")
            #expect(isSilent(error), "\(password): \(error?.description ?? "")")
        }
    }

    @Test(arguments: [
        // Encoded, but the separators too.
        "postgresql://worker%3AQuokka4711%40127.0.0.1:1/entente", "postgresql://worker%3AQuokka@127.0.0.1:1/entente",
        "postgresql://127.0.0.1:1/worker%3AQuokka%40host", "postgresql://127.0.0.1:1/postgresql%3A%2F%2Fw%3AQuokka%40h",
        // The password in the place of something else, in either form.
        "dbname=postgresql://worker:Quokka@127.0.0.1/entente host=127.0.0.1 port=1",
        "host=127.0.0.1 port=1 dbname=worker:Quokka@h", "host=worker:Quokka@127.0.0.1 port=1",
        "host=127.0.0.1 port=Quokka",
        "host=127.0.0.1 port=99123", "hostaddr=Quokka:4711 port=1", "host=127.0.0.1 port=1 user=worker:Quokka",
        "service=worker:Quokka@127.0.0.1", "host=127.0.0.1 port=1 sslmode=Quokka@host",
        "host=127.0.0.1 port=1 password=x sslkey=/nowhere/Quokka@4711 sslcert=Numbat@ sslmode=verify-full",
        "postgresql://worker:x@127.0.0.1:1,Quokka@host:1/entente", "postgresql://127.0.0.1:1?password=Quokka@Numbat",
        "postgresql://worker:Quokka/Numbat", "postgresql://worker:Quokka?host=127.0.0.1",
    ]) func noPieceInAnotherPlaceIsTold(uri: String) {
        let error = said(uri)
        #expect(isSilent(error), "\(error?.description ?? "")")
    }

    @Test func whatWouldMendItIsSaid() {
        for uri in [
            "postgresql://w:Quokka/9@127.0.0.1:1/e", "postgresql://w:Quokka@9@127.0.0.1:1/e", "postgresql://w:Quokka/9",
        ] {
            let error = said(uri)
            #expect(error?.code == .configuration)
            for advice in ["postgresql://user@host:5432/database", "@ as %40", "/ as %2F"] {
                #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test(arguments: [
        ("postgresql://me:p%2F%40%23%3F@localhost:1/db", "database db at localhost, port 1, as user me"),
        ("postgresql://me%40server:pw@h.example.org/my%20db", "database my db at h.example.org, as user me@server"),
        ("postgresql://a:1,b-c.d:2/db", "database db at a,b-c.d, port 1,2"),
        ("postgresql://[fe80::1%25eth0]:5432/db", "database db at fe80::1%eth0, port 5432"),
        ("postgresql:///db?host=/run/postgresql", "database db at /run/postgresql"),
        ("host='@abstract' dbname=db", "database db at @abstract"),
        ("dbname=db hostaddr=10.0.0.1 user=ünal", "database db at 10.0.0.1, as user ünal"),
        ("postgresql://caf\u{e9}.example/", "database (default) at caf\u{e9}.example"),
        ("postgresql://me:a#b@h/db", "database db at h, as user me"),
    ]) func whatIsWrittenRightIsRead(uri: String, place: String) throws {
        #expect(try ConnectionTarget(uri: uri).place == place)
    }

    /// A combining mark behind the password makes another last character of it.
    @Test func passwordsAreLeftOutByTheirBytes() throws {
        let target = try ConnectionTarget(uri: "postgresql://me:Quokka@localhost/db")
        let said = target.redacted("user «Quokka\u{301}» is not known, says Quokka")
        #expect(said == "user «•••\u{301}» is not known, says •••")
        // What is left out of a word would tell a password of a letter.
        #expect(try ConnectionTarget(uri: "postgresql://me:p@localhost/db").redacted("no port") == "no port")
    }

    /// libpq reads it only when it connects, and says what it read.
    @Test func aServiceFilesPasswordIsNotTold() throws {
        let folder = try ScratchFolder()
        let file = try folder.write(
            """
            [spilled]
            host=127.0.0.1
            port=1
            user=worker:Quokka@Numbat
            [plain]
            host=127.0.0.1
            port=1
            password=Quokka
            """, to: "services.conf")
        for service in ["spilled", "plain"] {
            let error = said("service=\(service) servicefile=\(file)")
            // Older libraries know no such keyword, and refuse it without a word of what stood there.
            #expect(isSilent(error), "\(error?.description ?? "")")
        }
    }
}
