import GraphModel
import ScriptHost

/// The groups that a CSV file lists, and what is wrong with its rows.
struct GroupsTable {
    /// What is wrong with one row.
    struct Fault: Sendable, Equatable {
        /// The row's index in the table.
        var row: Int
        /// What was found, what was expected.
        var problem: String
    }

    /// The groups, one for each row, when there are no faults.
    private(set) var groups: [Group] = []
    private(set) var faults: [Fault] = []

    /// Reads the rows of a table.
    ///
    /// - Throws: ``CSVFault`` if the table has no column for ids, or none for names.
    init(_ table: CSVTable, now: GraphDate) throws(CSVFault) {
        let columns = try Columns(table, now: now)
        var rowOfID: [GroupID: Int] = [:]
        groups.reserveCapacity(table.rows.count)
        for (index, row) in table.rows.enumerated() {
            do {
                let group = try columns.group(row)
                if let other = rowOfID.updateValue(index, forKey: group.id) {
                    throw Problem("the group \(group.id) stands on line \(table.rows[other].line) already; remove one")
                }
                groups.append(group)
            } catch let problem as Problem {
                faults.append(Fault(row: index, problem: problem.text))
            } catch {
                faults.append(Fault(row: index, problem: "\(error)"))
            }
        }
    }

    private struct Problem: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// Where in a row the properties of a group stand.
    private struct Columns {
        let id: Int
        let displayName: Int
        let mail: Int?
        let mailNickname: Int?
        let description: Int?
        let visibility: Int?
        let groupTypes: Int?
        let createdDateTime: Int?
        /// When a group was made of which the table does not say it.
        let now: GraphDate

        init(_ table: CSVTable, now: GraphDate) throws(CSVFault) {
            self.now = now
            guard let id = table.column(caseInsensitive: "id") ?? table.column(caseInsensitive: "ObjectId") else {
                throw table.missingColumn("id")
            }
            guard let displayName = table.column(caseInsensitive: "displayName") else {
                throw table.missingColumn("displayName")
            }
            self.id = id
            self.displayName = displayName
            mail = table.column(caseInsensitive: "mail")
            mailNickname = table.column(caseInsensitive: "mailNickname")
            description = table.column(caseInsensitive: "description")
            visibility = table.column(caseInsensitive: "visibility")
            groupTypes = table.column(caseInsensitive: "groupTypes")
            createdDateTime = table.column(caseInsensitive: "createdDateTime")
        }

        func group(_ row: CSVTable.Row) throws -> Group {
            let values = row.values
            let value = { (column: Int?) in column.map { values[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
            guard let id = GroupID(values[id]) else {
                throw Problem(
                    "\"\(values[id])\" is no group id; expected a GUID such as 29981b6a-0e57-42dc-94c9-cd24f5306196"
                )
            }
            guard let name = value(displayName) else {
                throw Problem("the group \(id) has no displayName; expected one")
            }
            let mail = value(mail)
            var group = Group(
                id: id,
                displayName: name,
                mail: mail,
                mailNickname: value(mailNickname) ?? mail.map { String($0.prefix { $0 != "@" }) } ?? id.text,
                created: now
            )
            group.description = value(description)
            if let text = value(visibility) { group.visibility = text }
            group.groupTypes = Self.types(groupTypes.map { values[$0] })
            if let text = value(createdDateTime) {
                guard let date = GraphDate(text) else {
                    throw Problem("\"\(text)\" is no createdDateTime; expected a date such as 2026-01-02T03:04:05Z")
                }
                group.created = date
            }
            return group
        }

        /// The types in a cell; PowerShell writes a list's own type instead of what is in it, which says nothing.
        private static func types(_ cell: String?) -> [String] {
            guard let cell, cell != "System.String[]" else { return ["Unified"] }
            return cell.split { !$0.isLetter }.map(String.init)
        }
    }
}
