//! The changes that all layers are asked about, by the rule that they keep or break.

use super::layers::{Beforehand, Change};

const API: &str = "task-1-api";
const MODELS: &str = "task-2-models";
const DOCS: &str = "task-3-docs";

/// The plan of most of them is that of the other hook tests; this one waits for what is needed, asks
/// for sections, and allows a submodule.
pub const STRICT: &str = r#"
run = "demo"
base = "main"
dependencies = "strict"

[protocol]
body = "require"

[[task]]
name = "task-1-api"
scope = ["api/", { path = "vendor/", submodule = true }]
needs = ["task-2/Model"]

[[task]]
name = "task-2-models"
scope = ["models/"]
provides = ["Model"]

[[task]]
name = "task-3-docs"
scope = ["docs/"]
"#;

/// This one asks for evidence.
pub const EVIDENCE: &str = r#"
run = "demo"
base = "main"

[protocol]
body = "off"
evidence = ["make check"]

[[task]]
name = "task-2-models"
scope = ["models/"]
"#;

/// An own commit with a message.
fn own(task: &str, name: &str, change: &str, message: &str) -> Change {
    Change {
        name: name.to_owned(),
        task: task.to_owned(),
        before: String::new(),
        change: change.to_owned(),
        commit: ["commit", "-q", "--allow-empty", "-m", message].map(str::to_owned).into(),
        beforehand: Beforehand::Same,
        breaks: Some(String::new()),
    }
}

impl Change {
    /// The rules that it breaks, sorted, each once; none unless this is said.
    fn breaks(self, rules: &str) -> Change {
        Change { breaks: Some(rules.to_owned()), ..self }
    }

    /// `git worker check` understands the question in another way: a directory stands for the files
    /// in it, not for what could take its place.
    fn unasked(self) -> Change {
        Change { beforehand: Beforehand::Nothing, ..self }
    }
}

/// An own commit whose message is good.
fn paths(task: &str, name: &str, change: &str) -> Change {
    own(task, name, change, "[CHECKPOINT] Change")
}

/// An own commit whose change is good.
fn message(name: &str, message: &str) -> Change {
    own(MODELS, name, "echo x > models/new.py; git add models/new.py", message)
}

/// A merge that git makes in one command.
fn merge(task: &str, name: &str, before: &str, branch: &str) -> Change {
    Change {
        before: before.to_owned(),
        commit: ["merge", "-q", "--no-ff", "-m", "Merge", branch].map(str::to_owned).into(),
        beforehand: Beforehand::Nothing,
        ..paths(task, name, "true")
    }
}

fn after(before: &str, change: Change) -> Change {
    Change { before: before.to_owned(), ..change }
}

/// Which paths, and how.
pub fn of_paths() -> Vec<Change> {
    vec![
        paths(API, "inside", "echo x >> api/a.py; mkdir tests; echo x > tests/api.py; git add ."),
        paths(API, "outside", "echo x >> README.txt; echo x >> docs/d.md; git add .").breaks("scope/outside"),
        paths(API, "one inside, one outside", "echo x >> api/a.py; echo x > apix.py; git add .").breaks("scope/outside"),
        paths(API, "a glob", "mkdir -p deep/x; echo > deep/x/y.rs; echo > deep/y.py; git add .").breaks("scope/outside"),
        paths(API, "a rename out of the scope", "git mv api/a.py README2.py").breaks("scope/outside"),
        paths(API, "a rename into the scope", "git mv README.txt api/README.txt").breaks("scope/outside"),
        paths(API, "a rename within the scope", "git mv api/a.py api/b.py"),
        paths(API, "a removal", "git rm -q README.txt api/a.py").breaks("scope/outside"),
        paths(API, "modes", "git update-index --chmod=+x api/a.py README.txt").breaks("scope/outside"),
        paths(API, "a file becomes a directory", "rm README.txt; mkdir README.txt; echo > README.txt/x; git add -A").breaks("scope/outside"),
        paths(API, "the scope becomes a file", "git rm -qr api; echo > api; git add api").unasked().breaks("scope/outside"),
        paths(API, "the scope becomes a link", "git rm -qr api; ln -s models api; git add api").unasked().breaks("scope/outside"),
        paths(API, "a link within", "ln -s a.py api/l; git add ."),
        paths(API, "links that lead away", "ln -s ../models/m.py api/l; ln -s /etc api/e; ln -s ../.git api/g; git add .").breaks("scope/symlink"),
        paths(API, "a file becomes a link", "rm api/a.py; ln -s ../../x api/a.py; git add .").breaks("scope/symlink"),
        paths(API, "protected", "echo x > .gitattributes; mkdir -p api .github/workflows; echo > .github/workflows/ci.yml; git add .").breaks("scope/outside"),
        paths(API, "protected below the scope", "echo x > api/.gitattributes; echo x > api/.gitignore; git add .").breaks("scope/protected"),
        paths(DOCS, "protected and named", "mkdir -p .github/workflows; echo > .github/workflows/docs.yml; git add ."),
        paths(API, "a submodule", "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),api/sub").breaks("scope/submodule"),
        paths(API, "a hidden submodule", "git config diff.ignoreSubmodules all; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub").breaks("scope/outside"),
        paths(API, "names that do not travel", "for n in 'a:b' 'con.txt' 'dot.' 'b\\\\s'; do echo > \"api/$n\"; done; printf x > \"$(printf 'api/\\033[1m\\377')\"; git add .").breaks("path/unportable"),
        paths(API, "a name in another case", "echo > api/A.py; git add .").breaks("path/collision"),
        paths(API, "a renaming of the case", "git mv api/a.py api/A.py"),
        paths(API, "announced only", "echo > other; git add -N other; echo x >> api/a.py; git add api/a.py"),
        paths(API, "odd names that are fine", "echo > 'api/-x'; echo > 'api/$(id) `x`'; echo > api/日本語; git add ."),
        paths(API, "nothing", "true"),
        paths(MODELS, "lines added", "echo 'import c' >> imports.py; git add ."),
        paths(MODELS, "other lines added", "echo 'x = 1' >> imports.py; git add .").breaks("scope/append"),
        paths(MODELS, "lines gone", "echo 'import a' > imports.py; git add .").breaks("scope/append"),
        paths(MODELS, "appended file gone", "git rm -q imports.py").breaks("scope/append"),
        paths(MODELS, "appended file renamed", "git mv imports.py models/imports.py").breaks("scope/append"),
        paths(MODELS, "appended file becomes executable", "git update-index --chmod=+x imports.py").breaks("scope/append"),
        paths(MODELS, "a new file where only new ones may be", "mkdir fresh; echo > fresh/x; git add ."),
        after("mkdir fresh; echo > fresh/x; git add .; sneak commit -qm '[CHECKPOINT] New'", paths(MODELS, "a new file is changed again", "echo y > fresh/x; git add .")),
        after("echo x > README.txt; sneak commit -qam '[CHECKPOINT] Out'", paths(MODELS, "more of what was wrong", "echo y > README.txt; git add .")).breaks("scope/outside"),
        Change {
            before: "echo x > README.txt; sneak commit -qam '[CHECKPOINT] Out'".into(),
            beforehand: Beforehand::More,
            ..paths(MODELS, "what was wrong is put back", "git checkout -q main README.txt")
        },
        own(MODELS, "everything at once", "git mv README.txt models/a:b; git rm -q imports.py; echo > .gitmodules; git add .", "wip").breaks("message/prefix path/unportable scope/append scope/outside"),
    ]
}

/// Which words.
pub fn of_messages() -> Vec<Change> {
    vec![
        message("a checkpoint", "[CHECKPOINT] Add"),
        message("complete", "[COMPLETE] Add"),
        message("no prefix", "Add").breaks("message/prefix"),
        message("another case", "[checkpoint] Add").breaks("message/prefix"),
        message("no description", "[CHECKPOINT]").breaks("message/description"),
        message("no blank line", "[CHECKPOINT] a\n[COMPLETE] b").breaks("message/blank-line"),
        message("two prefixes", "[CHECKPOINT] [COMPLETE] a").breaks("message/prefix"),
        message("an argument too many", "[COMPLETE:x] a").breaks("message/argument"),
        message("blocked", "[BLOCKED:no key] Stuck"),
        message("no reason", "[BLOCKED:] Stuck").breaks("message/argument"),
        message("needs another", "[NEEDS:task-1/routes]"),
        message("needs itself", "[NEEDS:task-2/Model]").breaks("message/needs"),
        message("needs nobody", "[NEEDS:task-9/x]").breaks("message/needs"),
        message("what moves the cursor", "[CHECKPOINT] a\u{1b}[2Jb").breaks("message/character"),
        message("what turns the text", "[CHECKPOINT] a\u{202e}b").breaks("message/character"),
        message("too long", &format!("[CHECKPOINT] {}", "long ".repeat(50))).breaks("message/length"),
        message("autosquash", "fixup! [CHECKPOINT] Add").breaks("message/autosquash"),
        message("a revert", "Revert \"[CHECKPOINT] Add\""),
        message("leading blank lines", "\n\n[CHECKPOINT] Add"),
        message("a mark for bytes", "\u{feff}[CHECKPOINT] Add").breaks("message/character message/prefix"),
        message("a hash in the body", "[CHECKPOINT] Add\n\n# not a comment"),
        own(API, "both kinds", "echo x >> README.txt; git add .", "[DONE] x\n[COMPLETE] y")
            .breaks("message/prefix scope/outside"),
    ]
}

/// Which moment. In the plan that waits for nothing.
pub fn of_time() -> Vec<Change> {
    const DONE: &str = "sneak commit -q --allow-empty -m '[COMPLETE] Done'";
    let now = |name: &str, text: &str| after(DONE, message(name, text));
    vec![
        now("after complete", "[CHECKPOINT] More").breaks("state/after-complete"),
        now("complete again", "[COMPLETE] More").breaks("state/after-complete"),
        now("complete is reverted", "Revert \"[COMPLETE] Done\""),
        now("something else is reverted", "Revert \"[CHECKPOINT] Half\"").breaks("state/after-complete"),
        after(
            &format!("{DONE}; sneak commit -q --allow-empty -m 'Revert \"[COMPLETE] Done\"'"),
            message("reopened by a revert", "[CHECKPOINT] More"),
        ),
        after(
            &format!("{DONE}; git worker reopen >/dev/null"),
            message("reopened by the command", "[CHECKPOINT] More"),
        ),
        own(API, "what is needed is only advised", "echo x >> api/a.py; git add .", "[CHECKPOINT] Early"),
    ]
}

/// What a merge brings.
pub fn of_merges() -> Vec<Change> {
    const MODEL: &str =
        "(cd $WT/task-2-models; echo x > models/new.py; git add .; git commit -qm '[COMPLETE] Model'); ";
    const OWN: &str = "echo x >> api/a.py; sneak commit -qam '[CHECKPOINT] Own'; ";
    let half = |more: &str| {
        format!("git merge -q --no-ff --no-commit work/task-2-models >/dev/null; {more}; git add -A")
    };
    let evil = |name: &str, more: &str| Change {
        before: format!("{OWN}{MODEL}"),
        beforehand: Beforehand::Nothing,
        commit: ["commit", "-q", "-m", "Merge"].map(str::to_owned).into(),
        ..paths(API, name, &half(more))
    };
    vec![
        merge(API, "a needed task", &format!("{OWN}{MODEL}"), "work/task-2-models"),
        merge(API, "the base", &format!("{OWN}git branch -qf next main; tree=$(sneak commit-tree -p main -m Next main^{{tree}}); git update-ref refs/heads/next $tree; git update-ref refs/heads/main $tree"), "main"),
        merge(API, "a stranger", &format!("{OWN}git update-ref refs/heads/fix $(git commit-tree -p main -m Fix $(git rev-parse HEAD^{{tree}}))"), "fix").breaks("merge/foreign"),
        evil("a merge concluded by hand", "true"),
        evil("a merge with an own change in the scope", "echo z >> api/a.py"),
        evil("a merge that changes what is nobody's", "echo z >> README.txt").breaks("merge/altered"),
        evil("a merge that drops what it merged", "git rm -qf models/new.py").breaks("merge/altered"),
        evil("a merge that changes what it merged", "echo z >> models/new.py").breaks("merge/altered"),
        evil("a merge that keeps the own side alone", "git read-tree -m -u HEAD").breaks("merge/altered"),
        evil("a merge with a name that does not travel", "echo z > api/a:b").breaks("path/unportable"),
    ]
}

/// What only a strict plan asks for.
pub fn of_a_strict_plan() -> Vec<Change> {
    const MODEL: &str =
        "(cd $WT/task-2-models; echo x > models/new.py; git add .; sneak commit -qm '[COMPLETE] Model'); ";
    const BODY: &str =
        "\n\nSummary of changes:\n- x\n\nFiles changed:\n- models/new.py\n\nIntegration notes:\n- none";
    let early = |name: &str, text: &str| own(API, name, "echo x >> api/a.py; git add .", text);
    vec![
        early("what is needed is not complete", "[CHECKPOINT] Early\n\nFiles changed:\n- api/a.py")
            .breaks("state/dependency"),
        early("waiting is no excuse", "[BLOCKED:models] Early").breaks("state/dependency"),
        early("early and wrong", "early").breaks("message/prefix state/dependency"),
        after(MODEL, early("complete, but not merged", "[CHECKPOINT] Early\n\nFiles changed:\n- api/a.py"))
            .breaks("state/dependency"),
        after(
            &format!("{MODEL}sneak merge -q --no-ff -m Merge work/task-2-models"),
            early("complete and merged", "[CHECKPOINT] In time\n\nFiles changed:\n- api/a.py"),
        ),
        merge(
            API,
            "a needed task that is not complete",
            "(cd $WT/task-2-models; sneak commit -q --allow-empty -m '[CHECKPOINT] Half'); ",
            "work/task-2-models",
        )
        .breaks("merge/incomplete"),
        merge(API, "a needed task that is complete", MODEL, "work/task-2-models"),
        merge(
            API,
            "a task that is not needed",
            "(cd $WT/task-3-docs; sneak commit -q --allow-empty -m '[COMPLETE] Docs'); ",
            "work/task-3-docs",
        )
        .breaks("merge/not-needed"),
        message("no sections", "[CHECKPOINT] Add").breaks("message/section"),
        message("the section of a checkpoint", "[CHECKPOINT] Add\n\nFiles changed:\n- models/new.py"),
        message("complete with its sections", &format!("[COMPLETE] Add{BODY}")),
        message("complete without anything", "[COMPLETE] Add").breaks("message/section"),
        paths(
            API,
            "a submodule that may be",
            "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),vendor/sub",
        )
        .breaks("message/section state/dependency"),
    ]
}

/// What only a plan with evidence asks for.
pub fn of_evidence() -> Vec<Change> {
    vec![
        message("evidence is not for a checkpoint", "[CHECKPOINT] Add"),
        message("complete without evidence", "[COMPLETE] Add").breaks("state/evidence"),
    ]
}
