import Testing

@testable import WatchConfiguration

/// Whole files and exactly what is said about them.
@Suite struct FixtureTests {
    @Test(arguments: Fixtures.names("good"))
    func goodFileLoadsWithTheWarningsBesideIt(_ name: String) throws {
        let (configuration, warnings) = try Fixtures.load("good", name)
        #expect(Fixtures.lines(warnings, "good") == Fixtures.expected("good", name))
        #expect(warnings.allSatisfy { $0.severity == .warning })
        #expect(configuration.path == Fixtures.path("good", name))
    }

    @Test(arguments: Fixtures.names("bad"))
    func badFileIsRefusedWithTheComplaintsBesideIt(_ name: String) {
        #expect {
            try Fixtures.load("bad", name)
        } throws: { error in
            guard case .invalid(let complaints) = error as? ConfigurationError else { return false }
            #expect(Fixtures.lines(complaints, "bad") == Fixtures.expected("bad", name))
            #expect(complaints.contains { $0.severity == .error })
            return true
        }
    }

    @Test func everyBadFileHasItsComplaintsBesideIt() {
        let names = Fixtures.names("bad")
        #expect(names.count >= 40)
        #expect(Fixtures.names("good").count >= 12)
        #expect(names.filter { Fixtures.expected("bad", $0).isEmpty } == [])
    }

    @Test(arguments: Fixtures.names("bad"))
    func noComplaintShowsASecret(_ name: String) {
        #expect(!Fixtures.expected("bad", name).contains { $0.contains("SECRET") })
    }

    @Test(arguments: Fixtures.names("bad"))
    func everyComplaintIsOneLineWithoutControlCharacters(_ name: String) {
        do throws(ConfigurationError) {
            _ = try Fixtures.load("bad", name)
        } catch {
            for line in error.lines {
                #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(line)")
            }
        }
    }
}
