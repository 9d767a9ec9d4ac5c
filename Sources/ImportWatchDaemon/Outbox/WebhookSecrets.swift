import ImportWatch
import WatchConfiguration
import Webhook

/// Notices that a webhook's secret file changed, so that a rotated secret signs without a reload.
final class WebhookSecrets {
    private let path: String
    private let files: any FileReader
    private var seen: FileVersion?

    /// Names the file, which is read at the first call in any case: it may have changed since the configuration was read.
    init(path: String, files: any FileReader) {
        self.path = path
        self.files = files
    }

    /// The keys of a file that changed since the last call; `nil` where it did not, or is being replaced.
    ///
    /// A file that can't be used changes nothing: the keys in force go on, and the error says why, once a change.
    func changedKeys() -> Result<[WebhookSigningKey], WebhookSecretFile.Problems>? {
        let version = files.version(of: path)
        guard let version, version != seen else { return nil }
        seen = version
        do throws(WebhookSecretFile.Problems) {
            return .success(try WebhookSecretFile(files: files).read(path))
        } catch {
            return .failure(error)
        }
    }
}
