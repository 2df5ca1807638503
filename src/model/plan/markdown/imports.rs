//! What "add imports only" allows in a file, whatever its language.

/// Import and export lines, the names inside of a list of them, comments and blank lines (S1-58).
/// Nothing may follow on the same line but a comment, so that no statement rides along.
pub(super) const LINES: &str = concat!(
    r"^\s*(",
    // Names between the brackets of a longer import, and its end.
    r#"['"]?[\w.]+['"]?( as \w+)?,|[)}\]]+( from ['"][^'"]+['"])?[,;]?|"#,
    // Python, Java, Kotlin, Swift, Go, JavaScript, TypeScript.
    r#"(from|import)\b[\w\s.,:*{}"'@/-]*(\([\w\s,.]*\)?)?;?|"#,
    r#"export\s+(type\s+)?(\*|\{)[\w\s.,:*{}"'@/-]*;?|"#,
    // Rust, C, PHP, CSS, Sass.
    r"(pub(\([\w:]+\))?\s+)?(use\s+[\w\s:,*{}\\]+|mod\s+\w+);|",
    r#"#\s*include\s*[<"][^<>"]+[>"]|@(import|use|forward)\s+["'][^"']+["'];?|"#,
    // Python's list of exports.
    r"__all__\s*\+?=\s*[\[(][^()]*|",
    r")\s*((#|//|/\*|\*|--|<!--).*)?$",
);

#[cfg(test)]
mod tests {
    #[test]
    fn only_imports_and_exports_match() {
        let lines = regex::Regex::new(super::LINES).expect("an expression");
        for line in [
            "",
            "   ",
            "# a comment",
            "// another",
            "from models.analytics import AnalyticsEvent, AnalyticsSummary",
            "from models.analytics import AnalyticsEvent  # for the API",
            "from models.analytics import (",
            "    AnalyticsEvent,",
            "    AnalyticsSummary as Summary,",
            ")",
            "import os",
            "import { a, b as c } from './x';",
            "import './x.css'",
            "} from \"./x\";",
            "export * from './x';",
            "export { a } from './x'",
            "use crate::model::{plan, name};",
            "pub mod plan;",
            "pub(crate) use plan::Plan;",
            "#include <stdio.h>",
            "@import \"x\";",
            "__all__ = [\"A\", \"B\"]",
            "    \"AnalyticsEvent\",",
        ] {
            assert!(lines.is_match(line), "an import, export or comment: {line:?}");
        }
        for line in [
            "def evil():",
            "import os; os.system('x')",
            "from x import y; evil()",
            "x = 1",
            "print(1)",
            "evil()",
            "export function f() {",
            "export const x = f();",
            "mod x { fn f() {} }",
            "class Analytics:",
            "__all__ = f()",
        ] {
            assert!(!lines.is_match(line), "no import and no export: {line:?}");
        }
    }
}
