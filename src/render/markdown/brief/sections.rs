//! Sections that more than one prompt has, worded the same in each.

use crate::model::brief::{Blocked, Brief, NeedLine, ScopeLine};
use crate::render::escape;
use crate::render::markdown::brief::inline;
use crate::render::markdown::fence;

/// The commit protocol, the same words in every prompt (S1-29).
pub const PROTOCOL: &str = "\
## Commit Protocol
1. ALWAYS verify branch before committing: `git branch`
2. Use these prefixes:
   - `[CHECKPOINT]` - subtask complete, continuing
   - `[BLOCKED:<reason>]` - cannot proceed
   - `[NEEDS:task-X/<item>]` - need output from another worker
   - `[COMPLETE]` - all tasks finished
";

/// Where to work.
pub fn worktree(brief: &Brief) -> String {
    let command = format!("cd {}", escape::shell_word(&brief.worktree));
    let fence = fence(&command);
    let rest = if brief.is_sparse {
        "It holds only the directories of your scope and of what you need; \
         `git sparse-checkout add <directory>` brings more.\n"
    } else {
        ""
    };
    format!("## Your Worktree\n{fence}bash\n{command}\n{fence}\n{rest}")
}

/// What may be changed; the last line is there whatever the plan says (S1-26).
pub fn scope(brief: &Brief) -> String {
    let lines = bullets(scope_lines(brief));
    format!("## Assigned Scope\nYou may ONLY modify files in:\n{lines}\nDo NOT modify any other files.\n")
}

/// Each path with its remark, and with what the lines must match that are added.
pub fn scope_lines(brief: &Brief) -> Vec<String> {
    brief.scope.iter().map(scope_line).collect()
}

fn scope_line(line: &ScopeLine) -> String {
    let path = escape::code_span(&line.path);
    let note = line.note.as_ref().map(|note| format!(" ({})", inline(note)));
    let lines = line.lines.as_ref().map(|lines| format!(", each new line matching {}", escape::code(lines)));
    path + &note.unwrap_or_default() + &lines.unwrap_or_default()
}

/// Whom the worker waits for, or that it waits for nobody (S1-30).
pub fn dependencies(brief: &Brief) -> String {
    let mut out = String::from("## Dependencies\n");
    if brief.needs.is_empty() {
        out += "None - you have no dependencies on other workers.\n";
    }
    for (place, need) in brief.needs.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        out += &self::need(need);
    }
    out
}

fn need(need: &NeedLine) -> String {
    let purpose =
        need.purpose.as_ref().map(|purpose| format!(" for {}", inline(purpose))).unwrap_or_default();
    let mut out =
        format!("You need {} from Worker {} ({}){purpose}.\n", inline(&need.text), need.number, need.task);
    out += &bullets(need_lines(need));
    out
}

/// What to do until a need is met, and then.
fn need_lines(need: &NeedLine) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(contract) = &need.contract {
        lines.push(format!("Build on this assumed contract: {}", inline(contract)));
    }
    if let Some(item) = &need.item {
        let needs = format!("[NEEDS:{}/{item}]", need.task.short());
        lines.push(format!("If {item} is not available, commit `{needs}` and continue with mock data"));
    }
    if let Some(until_then) = &need.until_then {
        lines.push(format!("You can {}", inline(until_then)));
    }
    lines.push(format!(
        "Once Worker {} is complete, take its work over: `git worker merge {}`",
        need.number,
        need.task.short()
    ));
    lines
}

/// Who waits for the worker.
pub fn blocked(blocked: &Blocked) -> String {
    let contract =
        blocked.contract.as_ref().map(|contract| format!(", by this contract: {}", inline(contract)));
    format!(
        "Worker {} ({}) needs {}{}",
        blocked.number,
        blocked.task,
        inline(&blocked.text),
        contract.unwrap_or_default()
    )
}

/// One bullet for each line.
pub fn bullets(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().map(|line| format!("- {line}\n")).collect()
}

/// One number for each line, from 1 on.
pub fn numbered(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().enumerate().map(|(place, line)| format!("{}. {line}\n", place + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::{PROTOCOL, scope_line};
    use crate::model::brief::ScopeLine;
    use crate::model::finding::message::PREFIXES;

    #[test]
    fn the_protocol_reads_the_same_in_every_place() {
        for line in PREFIXES.lines() {
            let (_, meaning) = line.rsplit_once("  ").expect("a prefix and its meaning");
            assert!(PROTOCOL.contains(&format!(" - {}\n", meaning.trim())), "the prompt lacks `{meaning}`");
        }
    }

    #[test]
    fn a_line_of_the_scope_shows_what_new_lines_must_match() {
        let check = |note: Option<&str>, lines: Option<&str>, expect: &str| {
            let (note, lines) = (note.map(str::to_owned), lines.map(str::to_owned));
            let line = ScopeLine { path: "list.txt".into(), note, lines, place: None };
            assert_eq!(scope_line(&line), expect);
        };
        check(None, None, "`list.txt`");
        check(Some("add lines only"), None, "`list.txt` (add lines only)");
        let said = "`list.txt` (add lines only), each new line matching `^- `";
        check(Some("add lines only"), Some("^- "), said);
        let said = "`list.txt` (the imports), each new line matching `^(from|import) `";
        check(Some("the imports"), Some("^(from|import) "), said);
        check(None, Some(" a "), "`list.txt`, each new line matching `  a  `");
        check(None, Some("`*`"), "`list.txt`, each new line matching `` `*` ``");
    }
}
