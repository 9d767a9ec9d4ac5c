import Glibc

/// A few descriptors that are kept open for nothing, so that clients are still served when requests have taken all others.
struct DescriptorReserve {
    private static let size = 2
    private var descriptors: [Int32] = []

    init() {
        fill()
    }

    /// Takes descriptors, as far as there are any.
    mutating func fill() {
        while descriptors.count < Self.size {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            descriptors.append(descriptor)
        }
    }

    /// Lets one go for somebody who needs it; false where none is left.
    mutating func give() -> Bool {
        guard let descriptor = descriptors.popLast() else { return false }
        close(descriptor)
        return true
    }

    /// Lets all go.
    mutating func drain() {
        while give() {}
    }
}
