/// A place in a script.
package struct LuaPlace: Sendable, Hashable, Comparable {
    /// The byte, from 0.
    package var offset: Int
    /// The line, from 1, as Lua counts: CR, LF, CRLF and LFCR each end one.
    package var line: Int
    /// The place in the line, in Unicode scalars, from 1.
    package var column: Int

    package init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// The place `offset` of a script that begins with this place.
    ///
    /// - Parameters:
    ///   - offset: A byte at or behind this place.
    ///   - source: The whole script.
    /// - Returns: The place, no further than the end of the script.
    package func advanced(to offset: Int, in source: [UInt8]) -> LuaPlace {
        var place = self
        while place.offset < min(offset, source.count) {
            let byte = source[place.offset]
            place.offset += 1
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                let other = byte ^ UInt8(ascii: "\n") ^ UInt8(ascii: "\r")
                if place.offset < source.count, source[place.offset] == other { place.offset += 1 }
                place.line += 1
                place.column = 1
            } else if place.offset >= source.count || source[place.offset] & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        return place
    }

    package static func < (a: Self, b: Self) -> Bool { a.offset < b.offset }
}

/// Why a text is no Lua, and where.
package struct LuaSyntaxError: Error, Sendable, Equatable {
    package var place: LuaPlace
    /// What was found and what was expected, without the place.
    package var message: String
}
