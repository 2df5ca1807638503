//! What a case is, and how it is read: strictly, for a misspelt expectation would always hold.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The file it stands in, without `.toml`.
    #[serde(skip)]
    pub topic: String,
    /// What it shows, as a sentence.
    pub name: String,
    /// A plan of `tests/cases/plans`; the plan of `armed.rs` if there is none.
    pub plan: Option<String>,
    /// The task in whose worktree the scripts run, or `main` for the main worktree.
    #[serde(default = "first_task", rename = "in")]
    pub place: String,
    /// A script that must succeed. It knows `$MAIN`, the main worktree; `$WT`, the directory of the
    /// others; `$OWN`, the full name of its branch; `$HOOKS`, the directory of our hooks; `$TMP`, a
    /// directory outside the repository; and what [`trial`](super::trial) has defined.
    #[serde(default)]
    pub setup: String,
    /// The script that the case is about.
    pub action: String,
    /// What becomes of the action.
    pub verdict: Verdict,
    /// Words that stand on the action's standard error.
    #[serde(default)]
    pub says: Vec<String>,
    /// Words that do not stand there.
    #[serde(default)]
    pub unsaid: Vec<String>,
    /// What `git orchestrate verify` finds afterwards, in its order and nothing else: each begins
    /// `<severity> <rule> <words>`, and ` @ <subject>` at its end names the commit.
    #[serde(default)]
    pub later: Vec<String>,
    /// Words that `git orchestrate status` shows afterwards.
    #[serde(default)]
    pub status: Vec<String>,
    /// Whether `git orchestrate integrate --dry-run --only-complete` would do it.
    pub integrate: Option<Integration>,
    /// Why the case leaves objects or refs that `git fsck` minds.
    pub unhealthy: Option<String>,
}

/// What becomes of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is done, and nothing is wrong with it.
    Accepted,
    /// A hook refuses it, or git does.
    Refused,
    /// It breaks a rule, and git does it without asking a hook that could refuse.
    Unseen,
}

/// What becomes of an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Integration {
    /// It would be done.
    Accepted,
    /// It would not.
    Refused,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tests/cases/{}.toml: {}", self.topic, self.name)
    }
}

impl Case {
    /// What the case forgets to expect.
    fn defects(&self) -> Vec<&'static str> {
        let errors = self.later.iter().any(|one| one.starts_with("error "));
        let mut defects = Vec::new();
        match self.verdict {
            Verdict::Accepted if errors => defects.push("what is accepted has no errors later"),
            Verdict::Refused if self.says.is_empty() => defects.push("a refusal says something"),
            Verdict::Unseen if self.later.is_empty() && self.status.is_empty() => {
                defects.push("what no hook sees is found later");
            }
            _ => {}
        }
        if self.says.iter().chain(&self.unsaid).chain(&self.later).any(|words| words.trim().is_empty()) {
            defects.push("empty words are always found");
        }
        defects
    }
}

/// Every case, in the order of files and then of lines.
pub fn all() -> Vec<Case> {
    let mut paths: Vec<_> = std::fs::read_dir(super::directory())
        .expect("the directory of cases")
        .map(|entry| entry.expect("a directory entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let cases: Vec<Case> = paths.iter().flat_map(|path| read(path)).collect();
    let mut defects: Vec<String> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        defects.extend(case.defects().iter().map(|defect| format!("{case}: {defect}")));
        if cases[..index].iter().any(|other| other.name == case.name) {
            defects.push(format!("{case}: another case has this name"));
        }
    }
    assert!(defects.is_empty(), "\n{}\n", defects.join("\n"));
    cases
}

fn read(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("cases are text");
    assert!(text.starts_with("# "), "{}: a comment says what the file is about", path.display());
    let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let topic = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    file.case.into_iter().map(|case| Case { topic: topic.clone(), ..case }).collect()
}

fn first_task() -> String {
    "task-1-api".into()
}
