import CCmarkGFM
import Foundation

/// GitHub Flavored Markdown, by cmark-gfm.
enum GFM {
    private static let extensions = ["table", "strikethrough", "autolink", "tasklist"]

    // The library keeps its extensions in a list of the process, which is only read once it is filled.
    private static let isReady: Bool = {
        cmark_gfm_core_extensions_ensure_registered()
        return true
    }()

    /// The HTML of a text, in which no HTML of the text's own is left; boxes of tasks are characters, since mail has no
    /// forms.
    static func html(_ text: String) -> String {
        guard isReady, let parser = unsafe cmark_parser_new(CMARK_OPT_DEFAULT) else { return text.htmlEscaped }
        defer { unsafe cmark_parser_free(parser) }
        for name in extensions {
            guard let found = unsafe cmark_find_syntax_extension(name) else { continue }
            unsafe cmark_parser_attach_syntax_extension(parser, found)
        }
        var text = text
        text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                unsafe cmark_parser_feed(parser, $0.baseAddress, $0.count)
            }
        }
        guard let document = unsafe cmark_parser_finish(parser) else { return text.htmlEscaped }
        defer { unsafe cmark_node_free(document) }
        unsafe showHTML(in: document)
        let extensions = unsafe cmark_parser_get_syntax_extensions(parser)
        guard let rendered = unsafe cmark_render_html(document, CMARK_OPT_DEFAULT, extensions) else {
            return text.htmlEscaped
        }
        defer { unsafe free(rendered) }
        return unsafe String(cString: rendered)
            .replacing(#"<input type="checkbox" checked="" disabled="" />"#, with: "☑")
            .replacing(#"<input type="checkbox" disabled="" />"#, with: "☐")
    }

    /// Makes text of what is HTML, and takes its comments away.
    private static func showHTML(in document: OpaquePointer) {
        guard let steps = unsafe cmark_iter_new(document) else { return }
        var found: [OpaquePointer] = unsafe []
        while unsafe cmark_iter_next(steps) != CMARK_EVENT_DONE {
            guard let node = unsafe cmark_iter_get_node(steps) else { continue }
            let type = unsafe cmark_node_get_type(node)
            if type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE { unsafe found.append(node) }
        }
        unsafe cmark_iter_free(steps)
        while let node = unsafe found.popLast() {
            let literal = unsafe cmark_node_get_literal(node).map { unsafe String(cString: $0) } ?? ""
            if !literal.hasPrefix("<!--"), let shown = unsafe cmark_node_new(CMARK_NODE_TEXT) {
                unsafe cmark_node_set_literal(shown, literal.trimmed)
                var placed = unsafe shown
                if unsafe cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK,
                    let paragraph = unsafe cmark_node_new(CMARK_NODE_PARAGRAPH)
                {
                    unsafe cmark_node_append_child(paragraph, shown)
                    unsafe placed = paragraph
                }
                unsafe cmark_node_insert_before(node, placed)
            }
            unsafe cmark_node_unlink(node)
            unsafe cmark_node_free(node)
        }
    }
}
