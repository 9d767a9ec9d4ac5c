/// A group of Regions with name suffixes of its own.
struct Partition: Hashable, Sendable {
    /// The partition's ID, as it stands in ARNs.
    var id: String
    /// What its Regions' names begin with; `PREFIX-WORD-NUMBER` is a Region of it.
    var regionPrefixes: [String]
    /// The suffix of its host names.
    var suffix: String
    /// The suffix of its host names that have IPv4 and IPv6 addresses.
    var dualStackSuffix: String
    /// The Region in which its global services are signed for.
    var globalRegion: String

    /// AWS's public partitions; all of them have FIPS and dual-stack endpoints.
    static let all = [
        standard,
        Partition(
            id: "aws-cn",
            regionPrefixes: ["cn"],
            suffix: "amazonaws.com.cn",
            dualStackSuffix: "api.amazonwebservices.com.cn",
            globalRegion: "cn-northwest-1"
        ),
        Partition(
            id: "aws-us-gov",
            regionPrefixes: ["us-gov"],
            suffix: "amazonaws.com",
            dualStackSuffix: "api.aws",
            globalRegion: "us-gov-west-1"
        ),
        Partition(
            id: "aws-eusc",
            regionPrefixes: ["eusc-de"],
            suffix: "amazonaws.eu",
            dualStackSuffix: "api.amazonwebservices.eu",
            globalRegion: "eusc-de-east-1"
        ),
        Partition(
            id: "aws-iso",
            regionPrefixes: ["us-iso"],
            suffix: "c2s.ic.gov",
            dualStackSuffix: "api.aws.ic.gov",
            globalRegion: "us-iso-east-1"
        ),
        Partition(
            id: "aws-iso-b",
            regionPrefixes: ["us-isob"],
            suffix: "sc2s.sgov.gov",
            dualStackSuffix: "api.aws.scloud",
            globalRegion: "us-isob-east-1"
        ),
        Partition(
            id: "aws-iso-e",
            regionPrefixes: ["eu-isoe"],
            suffix: "cloud.adc-e.uk",
            dualStackSuffix: "api.cloud-aws.adc-e.uk",
            globalRegion: "eu-isoe-west-1"
        ),
        Partition(
            id: "aws-iso-f",
            regionPrefixes: ["us-isof"],
            suffix: "csp.hci.ic.gov",
            dualStackSuffix: "api.aws.hci.ic.gov",
            globalRegion: "us-isof-south-1"
        ),
    ]

    /// The partition that Regions which fit nowhere are taken for.
    static let standard = Partition(
        id: "aws",
        regionPrefixes: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
        suffix: "amazonaws.com",
        dualStackSuffix: "api.aws",
        globalRegion: "us-east-1"
    )

    /// The partition of a Region, also of one that is newer than this program.
    static func of(region: String) -> Partition {
        all.first { $0.contains(region) } ?? standard
    }

    private func contains(_ region: String) -> Bool {
        if region == id + "-global" { return true }
        let parts = region.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count > 2, let number = parts.last, !number.isEmpty,
            number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return false }
        return regionPrefixes.contains(parts.dropLast(2).joined(separator: "-"))
    }
}
