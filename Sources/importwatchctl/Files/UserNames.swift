import Glibc

/// What users are called.
enum UserNames {
    /// The user's name, or its number where it has none.
    static func name(of user: uid_t) -> String {
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return String(user) }
        return String(cString: name)
    }

    /// Who owns a file that may not be written, or the folder that takes no new one; `nil` where that can't be seen.
    ///
    /// The folder's owner counts where that is another user, because a list is replaced as a whole.
    static func owner(of path: String) -> String? {
        let target = FileReplacement.target(of: path)
        var status = stat()
        guard stat(FileReplacement.folder(of: target), &status) == 0 || stat(target, &status) == 0 else { return nil }
        return name(of: status.st_uid)
    }
}
