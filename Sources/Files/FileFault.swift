import Foundation

/// A file could not be made or written.
package struct FileFault: Error, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What the system said (errno(3)).
    package let number: Int32

    init(_ path: String, _ number: Int32) {
        self.path = path
        self.number = number
    }

    /// Whether it, or its folder, may not be written.
    package var isReadOnly: Bool { number == EACCES || number == EROFS }

    package var description: String {
        "\(path): cannot be made (\(unsafe String(cString: strerror(number)))); make its folder writable, or choose another"
    }
}
