import ImportWatch

/// Credentials from a profile of the shared credentials file, read anew whenever the file changed.
@MainActor
public final class SharedCredentialsFile: CredentialProvider {
    private let path: String
    private let profile: String
    private let isRequired: Bool
    private let files: any FileReader

    /// Makes the provider.
    ///
    /// - Parameter isRequired: Whether a missing file or profile is an error, because someone named the profile.
    public init(path: String, profile: String, isRequired: Bool, files: any FileReader) {
        self.path = path
        self.profile = profile
        self.isRequired = isRequired
        self.files = files
    }

    /// Where the file lies: AWS_SHARED_CREDENTIALS_FILE, else `aws-credentials` among the systemd credentials, else
    /// `~/.aws/credentials`; `nil` without any of them.
    public static func location(environment: [String: String], files: any FileReader) -> String? {
        if let path = environment["AWS_SHARED_CREDENTIALS_FILE"], !path.isEmpty { return path }
        if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty,
            files.version(of: directory + "/aws-credentials") != nil
        {
            return directory + "/aws-credentials"
        }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return home + "/.aws/credentials"
    }

    /// Reads the profile's keys.
    public func resolve(completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void) {
        do {
            completion(.success(try read()))
        } catch {
            completion(.failure(error))
        }
    }

    private func read() throws(CredentialError) -> Credentials? {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: 1 << 20)
        } catch {
            if case .notFound = error, !isRequired { return nil }
            throw CredentialError(provider: "shared credentials file", reason: error.description)
        }
        let file: ProfileFile
        do {
            file = try ProfileFile(String(decoding: bytes, as: UTF8.self), kind: .credentials)
        } catch {
            throw CredentialError(provider: "shared credentials file", reason: "\(path):\(error)")
        }
        guard let values = file.profiles[profile] else {
            if !isRequired { return nil }
            throw problem("there is no profile [\(profile)]; add it, or name another in the configuration's profile")
        }
        guard let id = values["aws_access_key_id"] else {
            if !isRequired { return nil }
            throw problem("profile [\(profile)] has no aws_access_key_id")
        }
        guard let secret = values["aws_secret_access_key"] else {
            throw problem("profile [\(profile)] has no aws_secret_access_key")
        }
        return Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: values["aws_session_token"],
            provider: "shared credentials file, profile \(profile)"
        )
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: "shared credentials file", reason: "\(path): \(reason)")
    }
}
