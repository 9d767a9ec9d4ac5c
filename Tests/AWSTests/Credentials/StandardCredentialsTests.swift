import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct StandardCredentialsTests {
    private let files = [
        "/home/.aws/credentials": "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s1\n"
            + "[one]\naws_access_key_id = ONE\naws_secret_access_key = s2\n"
            + "[two]\naws_access_key_id = TWO\naws_secret_access_key = s3\naws_session_token = t3\n",
        "/home/.aws/config": "[profile empty]\nregion = eu-north-1\n",
    ]
    private let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s0", "HOME": "/home"]

    @Test func theEnvironmentComesFirst() async throws {
        let found = try await TestWorld(keys, files: files).credentials()
        #expect(found?.accessKeyID == "ENV")
        #expect(found?.provider == "environment")
    }

    @Test func twoSourcesWithTwoProfilesSignWithTwoKeysWhateverTheEnvironmentHolds() async throws {
        let world = TestWorld(keys.merging(["AWS_PROFILE": "default"]) { $1 }, files: files)
        #expect(try await world.credentials(profile: "one")?.accessKeyID == "ONE")
        let two = try await world.credentials(profile: "two")
        #expect(two?.accessKeyID == "TWO")
        #expect(two?.sessionToken == "t3")
    }

    @Test func blankVariablesCountAsUnset() async throws {
        let world = TestWorld(
            ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "  ", "AWS_PROFILE": "", "HOME": "/home"],
            files: files
        )
        #expect(try await world.credentials()?.accessKeyID == "DEFAULT")
    }

    @Test func halfOfTheEnvironmentsKeysIsAnError() async throws {
        let world = TestWorld(["AWS_ACCESS_KEY_ID": "ENV", "HOME": "/home"], files: files)
        let error = try await world.failure()
        #expect(error.description.contains("AWS_SECRET_ACCESS_KEY is not"))
    }

    @Test func aNamedProfileMustBeThere() async throws {
        let world = TestWorld(["AWS_PROFILE": "three", "HOME": "/home"], files: files)
        let error = try await world.failure()
        #expect(error.description.contains("there is no profile three"))
        #expect(error.description.contains("/home/.aws/credentials"))
        #expect(
            try await TestWorld(["HOME": "/home"], files: files).failure(profile: "four").provider == "profile four"
        )
    }

    @Test func aProfileWithoutCredentialsLeavesItToOthersUnlessItIsAlone() async throws {
        let world = TestWorld(["AWS_PROFILE": "empty", "HOME": "/home"], files: files)
        #expect(try await world.credentials() == nil)
        let error = try await world.failure(profile: "empty")
        #expect(error.reason.contains("did not contain credential information"))
    }

    @Test func nothingAnywhereIsNothing() async throws {
        let world = TestWorld()
        #expect(try await world.credentials() == nil)
        #expect(world.transport.requests.map(\.url) == ["http://169.254.169.254/latest/api/token"])
    }

    @Test func systemdsCredentialsComeBeforeTheHomeDirectorys() async throws {
        var files = files
        files["/run/credentials/aws-credentials"] =
            "[default]\naws_access_key_id = SYSTEMD\naws_secret_access_key = s\n"
        files["/run/credentials/aws-config"] = "[default]\nregion = eu-south-1\n"
        let variables = ["HOME": "/home", "CREDENTIALS_DIRECTORY": "/run/credentials"]
        let world = TestWorld(variables, files: files)
        #expect(try await world.credentials()?.accessKeyID == "SYSTEMD")
        #expect(try world.configuration(region: nil).region == "eu-south-1")
        world.variables["AWS_SHARED_CREDENTIALS_FILE"] = "~/.aws/credentials"
        #expect(try await world.credentials()?.accessKeyID == "DEFAULT")
    }

    @Test(arguments: [
        FileError.permissionDenied(path: "/home/.aws/credentials"), .isDirectory(path: "/home/.aws/credentials"),
        .failed(path: "/home/.aws/credentials", reason: "Input/output error"),
    ])
    func anUnreadableFileOfTheHomeDirectoryCountsAsAbsentAndANamedOneDoesNot(_ error: FileError) async throws {
        let world = TestWorld(["HOME": "/home"], files: files)
        world.files.fail("/home/.aws/credentials", with: error)
        world.transport.fail(.connectTimeout(host: "nobody"))
        #expect(try await world.credentials() == nil)
        let missing = try await world.failure(profile: "nowhere")
        #expect(missing.reason.contains("/home/.aws/credentials, which can't be read"), "\(missing)")
        world.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/home/.aws/credentials"
        #expect(try await world.failure().provider == "shared credentials file")
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
    func keysThatWouldBreakAHeaderAreRefusedAndNotShown(variable: String) async throws {
        for (value, role) in [("a\r\nX-Evil: 1", nil), ("a\u{7}b", "arn:aws:iam::1:role/r"), ("a b", nil), ("ä", nil)] {
            var variables = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
            variables[variable] = value
            let world = TestWorld(variables)
            let error = try await world.failure(roleARN: role)
            #expect(error.reason.contains("that none can have"), "\(error)")
            #expect(value == "a b" || !error.description.contains(value))
            #expect(world.transport.requests.isEmpty)
        }
    }

    @Test func badFilesAreNamed() async throws {
        let world = TestWorld(["HOME": "/home"], files: files)
        world.files["/home/.aws/credentials"] = "[default]\naws_secret_access_key AKIASECRET\n"
        do {
            _ = try await world.credentials()
            Issue.record("found credentials")
        } catch {
            #expect("\(error)".contains("/home/.aws/credentials:2: Expected an '=' sign"))
            #expect(!"\(error)".contains("AKIASECRET"))
        }
    }

    @Test func filesAreReadAnewEachTime() async throws {
        let world = TestWorld(["HOME": "/home"], files: files)
        #expect(try await world.credentials()?.accessKeyID == "DEFAULT")
        world.files["/home/.aws/credentials"] = "[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n"
        #expect(try await world.credentials()?.accessKeyID == "NEW")
    }
}
