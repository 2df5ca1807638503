//! The files that a patch of the form `*** Begin Patch` names.
//!
//! Only the headers are read. What a hunk holds is content, also where it looks like a header: in a
//! hunk a header starts in the first column, while context starts with a space.

const BEGIN: &str = "*** Begin Patch";
const UPDATE: &str = "*** Update File: ";
const OTHERS: [&str; 3] = ["*** Add File: ", "*** Delete File: ", "*** Move to: "];

/// Every file that the patch changes, both sides of a move; `None` if the text is no patch.
pub fn paths(text: &str) -> Option<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| !line.trim_end().ends_with(BEGIN));
    lines.next()?;
    let mut paths = Vec::new();
    let mut in_hunk = false;
    for line in lines {
        let header = if in_hunk { line } else { line.trim_start() };
        if let Some(path) = header.strip_prefix(UPDATE) {
            in_hunk = true;
            paths.push(path);
        } else if let Some(path) = OTHERS.iter().find_map(|start| header.strip_prefix(start)) {
            in_hunk &= header.starts_with(OTHERS[2]);
            paths.push(path);
        }
    }
    Some(paths.into_iter().map(|path| path.trim().to_owned()).collect())
}

/// Every file of the patch that a shell command applies; `None` if it applies none. A command that
/// only mentions a patch applies none.
pub fn in_command(command: &str) -> Option<Vec<String>> {
    let command = command.trim_start();
    if command.starts_with(BEGIN) {
        return paths(command);
    }
    let (directory, rest) = match command.strip_prefix("cd ").and_then(|rest| rest.split_once("&&")) {
        Some((directory, rest)) => (Some(directory.trim().trim_matches(['"', '\''])), rest.trim_start()),
        None => (None, command),
    };
    let applies = ["apply_patch", "applypatch"].iter().any(|name| {
        rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '<'))
    });
    let place = |path: String| match directory {
        Some(directory) if !path.starts_with('/') => format!("{directory}/{path}"),
        _ => path,
    };
    Some(applies.then(|| paths(rest))??.into_iter().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&[&str]>) {
        let expect = expect.map(|paths| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        assert_eq!(paths(text), expect, "{text}");
    }

    #[test]
    fn headers_name_files() {
        check(
            "*** Begin Patch\n*** Add File: a b.txt\n+x\n*** Update File: c\n*** Move to: d/e\n@@ f\n-x\n+y\n\
             *** End of File\n*** Delete File: g\n*** End Patch",
            Some(&["a b.txt", "c", "d/e", "g"]),
        );
        check("*** Begin Patch\r\n  *** Delete File: a  \r\n*** End Patch", Some(&["a"]));
        check("*** Begin Patch\n*** End Patch", Some(&[]));
        check("nothing of the kind", None);
        check("", None);
    }

    #[test]
    fn content_is_no_header() {
        check(
            "*** Begin Patch\n*** Update File: a.md\n@@\n *** Delete File: b\n+*** Add File: c\n-*** Add File: d\n\
             *** Add File: e\n+*** Delete File: f\n*** End Patch",
            Some(&["a.md", "e"]),
        );
    }

    #[test]
    fn a_command_that_applies_a_patch_is_one() {
        let text = "*** Begin Patch\n*** Update File: a\n*** End Patch\n";
        let here = Some(vec!["a".to_owned()]);
        assert_eq!(in_command(&format!("apply_patch <<'EOF'\n{text}EOF")), here);
        assert_eq!(in_command(&format!("apply_patch '{text}'")), here);
        assert_eq!(
            in_command(&format!("cd sub && apply_patch <<EOF\n{text}EOF")),
            Some(vec!["sub/a".into()])
        );
        assert_eq!(in_command(&format!("cat <<EOF >notes.md\n{text}EOF")), None);
        assert_eq!(in_command("apply_patch --help"), None);
        assert_eq!(in_command("apply_patches"), None);
    }
}
