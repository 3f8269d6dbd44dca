import CProcess

/// The memory of this process.
package enum Heap {
    /// Gives large blocks back to the system as soon as they are freed: lists of targets grow by being copied to where there
    /// is room for twice as many, and by itself the C library keeps all of these places once it has seen a larger one.
    ///
    /// To be called before there are threads.
    package static func givesBackLargeBlocks() {
        _ = map_large_blocks(512 << 10)
    }
}
