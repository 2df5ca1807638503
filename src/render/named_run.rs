//! Commands to type that mean the run that was asked for, also where another one would be meant.

/// The verbs that take a run and mean a default one without it.
const VERBS: [&str; 9] =
    ["brief", "cleanup", "conflicts", "integrate", "reindex", "report", "start", "status", "verify"];

/// What a command to type follows, where it does not begin its line; other text may be data.
const BEFORE: [&str; 9] = [": ", "; ", ", ", "(", "`", "then ", "run ", "Run ", "or "];

const PROGRAM: &str = "git orchestrate ";

/// The text with `--run` in each command that has to name the run.
pub fn commands(text: &str, run: &str) -> String {
    text.split_inclusive('\n').map(|line| in_line(line, run)).collect()
}

fn in_line(line: &str, run: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(PROGRAM) {
        let (before, after) = rest.split_at(at + PROGRAM.len());
        out.push_str(before);
        let verb = after.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
        let begins = out[..out.len() - PROGRAM.len()].trim_end_matches(' ');
        let is_first = begins.is_empty() || begins.ends_with(['-', '*', '$']);
        let is_command =
            is_first || BEFORE.iter().any(|words| out[..out.len() - PROGRAM.len()].ends_with(words));
        out.push_str(verb);
        rest = &after[verb.len()..];
        // A plan file names its run itself.
        let has_run = rest.starts_with(" --run") || rest.starts_with(" <plan");
        if is_command && VERBS.contains(&verb) && !has_run {
            out.push_str(" --run ");
            out.push_str(run);
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_names_the_run_once() {
        let check = |text: &str, expect: &str| assert_eq!(commands(text, "r"), expect);
        check("hint: git orchestrate verify\n", "hint: git orchestrate verify --run r\n");
        check("  git orchestrate integrate --skip  x", "  git orchestrate integrate --run r --skip  x");
        check(
            "go on: git orchestrate integrate, or git orchestrate integrate --abort",
            "go on: git orchestrate integrate --run r, or git orchestrate integrate --run r --abort",
        );
        check("run `git orchestrate status`.", "run `git orchestrate status --run r`.");
        for same in [
            "it is over: git orchestrate cleanup --run q",
            "git orchestrate doctor --repair",
            "git orchestrate start <plan file>",
            "abc1234 [CHECKPOINT] Let git orchestrate status say more",
            "git worker complete",
        ] {
            check(same, same);
        }
    }
}
