/// The values of numerals (Lua 5.4 manual, section 3.1).
enum LuaNumeral {
    /// The number that a numeral stands for; nil if it is not well formed.
    ///
    /// Decimal integers beyond 64 bits are floats; hexadecimal ones wrap around.
    static func token(_ text: ArraySlice<UInt8>, isHexadecimal: Bool) -> LuaToken? {
        let body = isHexadecimal ? text.dropFirst(2) : text
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        let mantissa = body.prefix { $0 | 0x20 != exponent }
        var digits = 0
        var points = 0
        for byte in mantissa {
            if byte == UInt8(ascii: ".") {
                points += 1
            } else if isHexadecimal ? byte.hexadecimalValue != nil : byte.isDigit {
                digits += 1
            } else {
                return nil
            }
        }
        guard digits > 0, points <= 1 else { return nil }
        var power: Substring?
        if mantissa.endIndex < body.endIndex {
            var rest = body[(mantissa.endIndex + 1)...]
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(\.isDigit) else { return nil }
            power = Substring(decoding: body[(mantissa.endIndex + 1)...], as: UTF8.self)
        }
        if points == 0, power == nil, let integer = integer(mantissa, isHexadecimal: isHexadecimal) {
            return .integer(integer)
        }
        return .float(float(mantissa, power: power, isHexadecimal: isHexadecimal))
    }

    private static func integer(_ digits: ArraySlice<UInt8>, isHexadecimal: Bool) -> Int64? {
        guard isHexadecimal else { return Int64(String(decoding: digits, as: UTF8.self)) }
        var value: UInt64 = 0
        for byte in digits { value = value << 4 | UInt64(byte.hexadecimalValue ?? 0) }
        return Int64(bitPattern: value)
    }

    private static func float(_ mantissa: ArraySlice<UInt8>, power: Substring?, isHexadecimal: Bool) -> Double {
        let parts = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var text = isHexadecimal ? "0x" : ""
        text += parts[0].isEmpty ? "0" : parts[0]
        if parts.count > 1, !parts[1].isEmpty { text += "." + parts[1] }
        text += (isHexadecimal ? "p" : "e") + (power ?? "0")
        return Double(text) ?? .infinity
    }
}
