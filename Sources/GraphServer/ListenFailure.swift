import Foundation
import NIOCore

/// A server cannot listen where it was told to.
package struct ListenFailure: Error, CustomStringConvertible {
    /// What the system said (errno(3)).
    package let number: Int32

    /// The failure that an error of the network tells of; nil if it is another.
    init?(_ error: any Error) {
        guard let error = error as? IOError else { return nil }
        number = error.errnoCode
    }

    package var description: String { unsafe String(cString: strerror(number)) }
}
