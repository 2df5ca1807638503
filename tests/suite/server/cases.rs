//! What a server takes and what it refuses, as a table. Each case prepares something that is taken,
//! then pushes; a refusal says all its words on the client's screen and moves no ref at all.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::served::{Served, Start, Start::Planned, Start::Unplanned};

pub struct Case {
    name: &'static str,
    start: Start,
    /// Succeeds.
    before: &'static str,
    /// The push that is judged.
    push: &'static str,
    /// What is said; nothing where the push is taken.
    says: &'static [&'static str],
}

pub const fn taken(name: &'static str, before: &'static str, push: &'static str) -> Case {
    Case { name, start: Planned, before, push, says: &[] }
}

pub const fn refused(
    name: &'static str,
    before: &'static str,
    push: &'static str,
    says: &'static [&'static str],
) -> Case {
    Case { name, start: Planned, before, push, says }
}

pub const fn unplanned(case: Case) -> Case {
    Case { start: Unplanned, ..case }
}

/// A good branch of task 1 is there.
const API: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push work/task-1-api;";

const TAKEN: &[Case] = &[
    taken("a task's branch", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push HEAD"),
    taken(
        "a branch in a namespace that has no runs, whatever it is called",
        "on work/task-1-api; commit models/x.py 'X'",
        "push --receive-pack='env GIT_NAMESPACE=a git-receive-pack' HEAD",
    ),
    taken("the deletion of what is not there", "", "push :refs/heads/none :refs/orchestrate/none/plan"),
    taken("a task's branch that has no commit yet", "on work/task-1-api", "push HEAD"),
    taken("more of it", long::API_MORE, "push HEAD"),
    taken("a branch that was amended", long::API_AMENDED, "push -f HEAD"),
    taken("a branch that was rebased onto a base that moved", long::API_REBASED, "push -f HEAD"),
    taken("the base merged into a branch", long::API_MERGED_BASE, "push HEAD"),
    taken(
        "a needed task's work merged, both in one push",
        "on work/task-2-models; commit models/x.py '[COMPLETE] M'
         on work/task-1-api; git merge -q --no-ff --no-edit work/task-2-models; commit api/x.py '[CHECKPOINT] X'",
        "push work/task-1-api work/task-2-models",
    ),
    taken("two clones of one branch, merged and pushed twice", long::API_TWO_CLONES, "push HEAD"),
    taken(
        "a violation that a later commit undid",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] Oops'; git revert --no-edit HEAD >/dev/null",
        "push HEAD",
    ),
    taken(
        "a branch of no run, whatever it holds",
        "on wip; commit models/x.py 'no prefix'; commit .gitattributes x",
        "push HEAD HEAD:refs/heads/other/name; push :other/name",
    ),
    taken("the base, by somebody who works beside the run", "on fix; commit README.txt 'Fix'", "push HEAD:main"),
    taken("tags and notes of one's own", "git tag v1; git notes add -m hello", "push v1 refs/notes/commits"),
    taken(
        "a journal and records that grow",
        "r=refs/orchestrate/demo/journal/task-1-api; journal $r announced; push $r; journal $r announced
         on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; n=orchestrate/demo/task-1-api
         git notes --ref=$n add -m one; push refs/notes/$n; git notes --ref=$n add -m two HEAD~1",
        "push 'refs/orchestrate/demo/journal/*' 'refs/notes/*' HEAD",
    ),
    taken(
        "a plan that somebody amends who is named on the server",
        "origin config orchestrate.planWriter lead; echo 'title = \"T\"' | cat - .git/plan.toml >p; plan demo p",
        "REMOTE_USER=lead push refs/orchestrate/demo/plan",
    ),
    unplanned(taken(
        "plan, branch and records in the first push",
        "plan demo .git/plan.toml; on work/task-1-api; commit api/x.py '[CHECKPOINT] X'
         git notes --ref=orchestrate/demo/task-1-api add -m r",
        "push --atomic refs/orchestrate/demo/plan HEAD 'refs/notes/*'",
    )),
    unplanned(taken(
        "anything at all where there is no plan",
        "on work/task-1-api; commit models/x.py 'no prefix'; journal refs/orchestrate/x/journal/y z
         git update-ref refs/notes/orchestrate/x/y HEAD",
        "push HEAD refs/orchestrate/x/journal/y refs/notes/orchestrate/x/y; push :work/task-1-api",
    )),
    taken(
        "a second run with branches of its own",
        "sed 's/demo/second/; 2a branch = \"second/{task}\"' .git/plan.toml >p; plan second p
         on second/task-1-api; commit api/x.py '[CHECKPOINT] X'",
        "push refs/orchestrate/second/plan second/task-1-api",
    ),
    taken("the integration of what was judged, and its landing", long::INTEGRATED, "push integration/demo:main"),
    taken("a merge that lands work whose branch was never pushed", long::UNPUSHED, "push HEAD:main"),
    taken(
        "a task's branch that is merged goes",
        "on work/task-1-api; commit api/x.py '[COMPLETE] X'; push HEAD HEAD:main",
        "push :work/task-1-api",
    ),
    taken(
        "a branch of no run beside a plan that cannot be read",
        "origin update-ref refs/orchestrate/demo/plan main; on wip; commit README.txt x",
        "push HEAD 2>&1 | grep -q 'warning: push/plan-unreadable'",
    ),
];

const REFUSED: &[Case] = &[
    refused(
        "a path outside the scope",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'",
        "push HEAD",
        &[
            "remote: refused: this repository does not take the push",
            "remote:   work/task-1-api",
            "remote:     scope/outside  ",
            "models/x.py",
            "hint: git worker brief shows the scope",
            "pre-receive hook declined",
        ],
    ),
    refused(
        "both sides of a rename out of the scope",
        "on work/task-1-api; git mv api/a.py models/a.py; git commit -qm '[CHECKPOINT] Move'",
        "push HEAD",
        &["models/a.py"],
    ),
    refused(
        "a message without a prefix",
        "on work/task-1-api; commit api/x.py 'X'",
        "push HEAD",
        &["message/prefix", "to reword it: git rebase -r --interactive"],
    ),
    refused(
        "an older violation below good work",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'
         for n in 1 2 3; do commit api/$n.py \"[CHECKPOINT] $n\"; done",
        "push HEAD",
        &["scope/outside"],
    ),
    refused(
        "one bad branch among good ones, which are named",
        "on work/task-2-models; commit models/x.py '[CHECKPOINT] X'; git tag good
         on work/task-1-api; commit models/y.py '[CHECKPOINT] Y'",
        "push work/task-1-api work/task-2-models good",
        &["work/task-1-api\n", "a push is refused whole", ":refs/heads/work/task-2-models ", ":refs/tags/good"],
    ),
    refused(
        "two bad branches, both named",
        "on work/task-2-models; commit api/x.py '[CHECKPOINT] X'; on work/task-1-api; commit models/y.py Y",
        "push work/task-1-api work/task-2-models",
        &["work/task-1-api", "work/task-2-models", "api/x.py", "models/y.py"],
    ),
    refused("an orphan branch", "git switch -q --orphan work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push HEAD", &["work/task-1-api"]),
    refused(
        "a merge of nobody's branch",
        "on stranger; commit api/z.py 'Z'; on work/task-1-api; commit api/x.py '[CHECKPOINT] X'
         git merge -q --no-ff --no-edit stranger",
        "push HEAD",
        &["merge/foreign", "what was merged must be here, too"],
    ),
    refused(
        "a merge of a merge that drops what the base gained",
        "on fix; commit README.txt 'Fix'; base=$(git rev-parse HEAD); push HEAD:main
         on work/task-1-api $base^; commit api/x.py '[CHECKPOINT] X'
         side=$(git commit-tree -m Side -p HEAD -p $base HEAD^{tree})
         git update-ref HEAD $(git commit-tree -m Merge -p HEAD -p $side HEAD^{tree})",
        "push HEAD",
        &["merge/altered", "README.txt"],
    ),
    refused(
        "a merge whose result is nobody's",
        "on work/task-2-models; commit models/x.py '[COMPLETE] M'; push HEAD
         on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; git merge -q --no-ff --no-commit work/task-2-models
         echo evil >models/m.py; git add .; git commit -qm 'Merge task-2'",
        "push HEAD",
        &["models/m.py"],
    ),
    refused(
        "a link that leads out of the repository",
        "on work/task-1-api; ln -s /etc/passwd api/link; git add .; git commit -qm '[CHECKPOINT] Link'",
        "push HEAD",
        &["api/link"],
    ),
    refused("a tree with .git in it", long::DOT_GIT, "push work/task-1-api", &["object/malformed", ".git"]),
    refused("NUL in a message", long::NUL, "push work/task-1-api", &["message/character", "NUL"]),
    refused(
        "a violation that a pushed replace ref hides",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; bad=$(git rev-parse HEAD)
         git switch -q -C clean origin/main; commit api/x.py '[CHECKPOINT] X'
         git replace $bad clean; push 'refs/replace/*'",
        "push work/task-1-api",
        &["scope/outside"],
    ),
    refused(
        "a violation that the server's own grafts and replace refs hide",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; commit api/x.py '[CHECKPOINT] Y'
         mkdir -p ../origin.git/info; echo $(git rev-parse HEAD) $(git rev-parse origin/main) >../origin.git/info/grafts",
        "push HEAD",
        &["scope/outside"],
    ),
    refused(
        "a plan that a worker widens, with work under it",
        "sed 's,\"api/\",\"api/\"\\, \"models/\",' .git/plan.toml >p; plan demo p
         on work/task-1-api; commit models/x.py '[CHECKPOINT] X'",
        "push refs/orchestrate/demo/plan HEAD",
        &["refs/orchestrate/demo/plan", "push/plan", "worker may not change the plan of demo", "hint: on the server: git -C ", "config --add orchestrate.planWriter worker"],
    ),
    refused("a plan that a worker rewrites", "git update-ref -d refs/orchestrate/demo/plan; plan demo .git/plan.toml", "push -f refs/orchestrate/demo/plan", &["push/plan"]),
    refused("a plan that a worker deletes", "", "push :refs/orchestrate/demo/plan", &["push/plan"]),
    refused(
        "a run in a namespace, which is not the repository's",
        "",
        "push --receive-pack='env GIT_NAMESPACE=a/b git-receive-pack' refs/orchestrate/demo/plan",
        &["the namespace a/b has runs", "a push into a namespace cannot be judged", "its sender has done no wrong"],
    ),
    refused(
        "a branch in a namespace that has runs",
        "origin update-ref refs/namespaces/a/refs/orchestrate/demo/plan refs/orchestrate/demo/plan
         on work/task-1-api; commit models/x.py '[CHECKPOINT] X'",
        "push --receive-pack='env GIT_NAMESPACE=a git-receive-pack' HEAD",
        &["the namespace a has runs"],
    ),
    refused(
        "a plan that a forged push deletes, as if it were none",
        "",
        "forge '' \"$none $none refs/orchestrate/demo/plan\"; false",
        &["push/plan", "worker may not change the plan of demo"],
    ),
    refused(
        "a task's branch that a forged push deletes, as if it were none",
        API,
        "forge '' \"$none $none $(git symbolic-ref HEAD)\"; false",
        &["push/unmerged", "not merged into main or integration/demo"],
    ),
    refused(
        "a plan of somebody who is not the one who is named",
        "origin config orchestrate.planWriter lead; echo 'title = \"T\"' | cat - .git/plan.toml >p; plan demo p",
        "push refs/orchestrate/demo/plan",
        &["push/plan"],
    ),
    unplanned(refused("what is no plan", "echo 'run = 7' >p; plan demo p", "push refs/orchestrate/demo/plan", &["push/plan-invalid"])),
    unplanned(refused("a plan under another run's name", "plan other .git/plan.toml", "push refs/orchestrate/other/plan", &["it is the plan of demo, not of other"])),
    unplanned(refused(
        "a plan whose base is not there",
        "on elsewhere; commit api/x.py X; BASE=$(git rev-parse HEAD) plan demo .git/plan.toml",
        "push refs/orchestrate/demo/plan",
        &["push/no-base", "hint: git push <remote> main"],
    )),
    refused(
        "a run that takes another run's branches",
        "sed 's/demo/evil/' .git/plan.toml >p; plan evil p",
        "push refs/orchestrate/evil/plan",
        &["push/plan-clash", "work/task-1-api, which belongs to the run demo"],
    ),
    unplanned(refused(
        "a run that takes the default branch",
        "push HEAD:refs/heads/dev; sed 's/\"main\"/\"dev\"/; 2a integration = \"main\"' .git/plan.toml >p; plan demo p",
        "push refs/orchestrate/demo/plan",
        &["push/plan-clash"],
    )),
    refused(
        "a journal that was rewritten",
        "r=refs/orchestrate/demo/journal/task-1-api; journal $r announced; push $r; git update-ref -d $r; journal $r failed",
        "push -f refs/orchestrate/demo/journal/task-1-api",
        &["push/rewritten", "the journal of task-1-api"],
    ),
    refused(
        "a journal that is none",
        "git update-ref refs/orchestrate/demo/journal/task-1-api HEAD",
        "push refs/orchestrate/demo/journal/task-1-api",
        &["push/malformed", "is no entry of a journal"],
    ),
    refused(
        "journal and records deleted while the run is under way",
        "r=refs/orchestrate/demo/journal/task-1-api; journal $r announced; push $r
         git notes --ref=orchestrate/demo/task-1-api add -m r; push 'refs/notes/*'",
        "push :refs/orchestrate/demo/journal/task-1-api :refs/notes/orchestrate/demo/task-1-api",
        &["push/deleted", "the journal of task-1-api", "the records of task-1-api"],
    ),
    refused(
        "the journal of a run whose plan cannot be read",
        "origin update-ref refs/orchestrate/demo/plan main; journal refs/orchestrate/demo/journal/task-1-api announced",
        "push refs/orchestrate/demo/journal/task-1-api",
        &["push/plan-unreadable", "the plan of demo cannot be read", "names no base"],
    ),
    refused(
        "records that are no notes",
        "git update-ref refs/notes/orchestrate/demo/task-1-api HEAD",
        "push refs/notes/orchestrate/demo/task-1-api",
        &["push/malformed", "is no note"],
    ),
    refused(
        "records that are no commit",
        "git update-ref refs/notes/orchestrate/demo/task-1-api $(git hash-object -w README.txt)",
        "push refs/notes/orchestrate/demo/task-1-api",
        &["push/malformed"],
    ),
    refused("a task's branch that is not merged goes", API, "push :work/task-1-api", &["push/unmerged", "not merged into main or integration/demo"]),
    refused(
        "a name on the server that leads to a task's branch",
        "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
         origin symbolic-ref refs/heads/alias $(git symbolic-ref HEAD); commit models/x.py '[CHECKPOINT] Y'",
        "push HEAD:alias",
        &["push/symbolic"],
    ),
    refused(
        "bad work of a task on the base",
        "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; commit README.txt '[CHECKPOINT] Y'",
        "push HEAD:main",
        &["push/unverified", "no task may make all of its changes, such as README.txt"],
    ),
    refused("bad work of a task's branch in the integration", long::BAD_INTEGRATION, "push integration/demo", &["push/unverified", "task-1-api", "scope/outside"]),
];

/// The longer preparations.
mod long {
    pub const API_MORE: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
        commit api/x.py '[COMPLETE] Y'";
    pub const API_AMENDED: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
        git commit -q --amend -m '[CHECKPOINT] Better words'";
    pub const API_REBASED: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
        on main; commit models/elsewhere.py 'Base moves'; push main; git switch -q work/task-1-api; git rebase -q main";
    pub const API_MERGED_BASE: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
        on main; commit models/elsewhere.py 'Base moves'; push main
        git switch -q work/task-1-api; git merge -q --no-edit main";
    pub const API_TWO_CLONES: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'; push HEAD
        git branch other origin/main; git switch -q other; commit api/y.py '[CHECKPOINT] Y'
        git switch -q work/task-1-api; git merge -q --no-ff --no-edit other; git branch -q -D other; push HEAD
        commit api/z.py '[CHECKPOINT] Z'";
    pub const INTEGRATED: &str = "on work/task-2-models; commit models/x.py '[COMPLETE] M'; push HEAD
        on work/task-1-api; commit api/x.py '[COMPLETE] X'; push HEAD
        on integration/demo; for t in task-2-models task-1-api; do git merge -q --no-ff -m \"Merge $t\" work/$t; done
        push integration/demo";
    pub const UNPUSHED: &str = "on work/task-2-models; commit models/x.py '[COMPLETE] M'
        on main; git merge -q --no-ff -m 'Merge task-2' work/task-2-models";
    pub const DOT_GIT: &str = "on work/task-1-api
        inner=$(printf '100644 blob %s\\t.git\\n' $(git hash-object -w README.txt) | git mktree)
        api=$( (git ls-tree HEAD:api; printf '040000 tree %s\\tsub\\n' $inner) | git mktree)
        top=$(git ls-tree HEAD | sed \"s/tree .*\\tapi$/tree $api\\tapi/\" | git mktree)
        git update-ref HEAD $(git commit-tree -p HEAD -m '[CHECKPOINT] Tree' $top)";
    pub const NUL: &str = "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'
        git cat-file commit HEAD | sed 's/ X$/ X@/' | tr @ '\\0' | sed 's/ada\\x00/ada@/g' >../c
        git update-ref HEAD $(git hash-object -t commit -w --literally ../c)";
    pub const BAD_INTEGRATION: &str = "on work/task-1-api; commit models/x.py '[COMPLETE] X'
        mv ../origin.git/hooks/pre-receive ../away; push HEAD; mv ../away ../origin.git/hooks/pre-receive
        on integration/demo; git merge -q --no-ff -m 'Merge task-1' work/task-1-api";
}

#[test]
fn a_server_takes_what_keeps_to_the_rules() {
    all(TAKEN);
}

#[test]
fn a_server_refuses_what_does_not() {
    assert!(TAKEN.len() * 2 >= REFUSED.len(), "a third of the cases are taken");
    all(REFUSED);
}

/// Runs all, two at a time, and reports every one that ends otherwise.
pub fn all(cases: &[Case]) {
    let wanted = std::env::var("CASES").unwrap_or_default();
    let cases: Vec<&Case> = cases.iter().filter(|case| case.name.contains(&wanted)).collect();
    let (next, failures) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(failure) = complaint(case) {
                failures.lock().expect("nobody panics with it").push(format!("{}\n{failure}", case.name));
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let failures = failures.into_inner().expect("nobody panics with it");
    assert!(failures.is_empty(), "{} of {}\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

fn complaint(case: &Case) -> Option<String> {
    let served = Served::new(case.start);
    let before = served.sh(case.before);
    if before.code != 0 {
        return Some(format!("it cannot be prepared\n{}{}", before.out, before.err));
    }
    let refs = served.refs();
    let said = served.sh(case.push);
    if case.says.is_empty() {
        return (said.code != 0).then(|| format!("it is not taken\n{}", said.err));
    }
    let plain = said.err.replace("        \n", "\n");
    let missing: Vec<&&str> = case.says.iter().filter(|words| !plain.contains(**words)).collect();
    if said.code == 0 || !missing.is_empty() {
        return Some(format!("exit {}, unsaid {missing:?}\n{}", said.code, said.err));
    }
    (refs != served.refs()).then(|| "it is refused, but refs have moved".into())
}
