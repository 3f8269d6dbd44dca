/// Does something with each element, several at once, and gives the results in the order of the elements.
///
/// - Parameters:
///   - elements: What to do it with.
///   - width: How many are under way at once, at most.
///   - body: What to do.
/// - Returns: What it gave.
/// - Throws: What it threw first; then the others are cancelled.
func sideBySide<Element: Sendable, Result: Sendable>(
    _ elements: [Element],
    width: Int,
    _ body: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: elements.count)
        var next = 0
        func addNext() {
            guard next < elements.count else { return }
            let (index, element) = (next, elements[next])
            next += 1
            group.addTask { (index, try await body(element)) }
        }
        for _ in 0..<max(1, width) { addNext() }
        while let (index, result) = try await group.next() {
            results[index] = result
            addNext()
        }
        return results.compactMap { $0 }
    }
}
