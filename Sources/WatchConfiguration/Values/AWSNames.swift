/// Names that AWS gives: Regions, roles and profiles.
enum AWSNames {
    /// A Region: it becomes part of a host name.
    static func region(_ section: inout SectionReader) -> String? {
        guard let region = section.string("region") else { return nil }
        let labels = region.value.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isRegion =
            labels.count >= 2 && region.value.utf8.count <= 63
            && labels.allSatisfy { label in
                !label.isEmpty && label.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
            }
        guard isRegion else {
            section.complain("region", "must be an AWS Region such as \"eu-west-1\"", at: region.position)
            return nil
        }
        return region.value
    }

    /// A profile of the shared configuration files.
    static func profile(_ section: inout SectionReader) -> String? {
        guard let profile = section.string("profile") else { return nil }
        let isName = !profile.value.isEmpty && profile.value.utf8.count <= 128 && !profile.value.contains("]")
        guard isName, profile.value.inOneLine == profile.value else {
            section.complain(
                "profile",
                "must be a profile's name: not empty, at most 128 bytes, no ] and no control characters",
                at: profile.position
            )
            return nil
        }
        return profile.value
    }

    static let exampleRole = "arn:aws:iam::111122223333:role/importwatchd"

    /// The ARN of a role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    static func roleARN(_ section: inout SectionReader) -> String? {
        guard let role = section.string("role_arn") else { return nil }
        guard isRoleARN(role.value) else {
            section.complain("role_arn", "must be the ARN of a role such as \"\(exampleRole)\"", at: role.position)
            return nil
        }
        return role.value
    }

    static func isRoleARN(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard text.utf8.count <= 2048, parts.count == 6, parts[0] == "arn" else { return false }
        let isPartition = parts[1] == "aws" || parts[1].hasPrefix("aws-")
        let isAccount = parts[4].utf8.count == 12 && parts[4].utf8.allSatisfy { (48...57).contains($0) }
        let name = parts[5].dropFirst("role/".count)
        // The characters that IAM allows in paths and names of roles.
        let isName =
            parts[5].hasPrefix("role/") && !name.isEmpty && name.last != "/"
            && name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "/+=,.@_-".utf8.contains($0)
            }
        return isPartition && parts[2] == "iam" && parts[3].isEmpty && isAccount && isName
    }
}
