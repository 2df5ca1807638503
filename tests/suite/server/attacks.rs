//! Clients that mean ill: refs that pretend, refs in the way, histories that are cut off, objects that
//! came another way. Beside each attack stands what looks like it and is fine.

use super::cases::{Case, all, refused, taken};
use super::served::{Served, Start};

#[test]
fn what_only_looks_like_an_attack_is_taken() {
    let cases: &[Case] = &[
        taken("refs that mean nothing here", "on wip; commit models/x.py X; git tag v1", "push HEAD:refs/for/main HEAD:refs/remotes/evil/main HEAD:refs/changes/1/1 v1"),
        taken("names with odd bytes", "on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push HEAD:refs/heads/$'\\xff\\xfe' HEAD:refs/heads/wörk 'HEAD:refs/heads/x;$(id)' HEAD"),
        taken("many refs at once", "for n in $(seq 300); do echo create refs/heads/x/$n main; done | git update-ref --stdin; on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push 'refs/heads/x/*' HEAD"),
        taken("a push from a shallow clone", "git clone -q --depth 1 file://$PWD/../origin.git ../cut; cd ../cut; on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "cd ../cut; git push -q ../origin.git HEAD"),
        taken("a server that borrows its objects", "mkdir ../pool; cp -a ../origin.git/objects ../pool/; rm -rf ../origin.git/objects/??; echo ../../pool/objects >../origin.git/objects/info/alternates
            on work/task-1-api; commit api/x.py '[CHECKPOINT] X'", "push HEAD"),
        taken("a branch that was in the way before", "on work; push HEAD:refs/heads/integrations; commit README.txt x", "push HEAD:integrations"),
    ];
    all(cases);
}

#[test]
fn forged_refs_and_histories_are_refused() {
    let bad = "on work/task-1-api; commit models/x.py 'Not mine'; commit api/x.py '[CHECKPOINT] X'";
    let cases: &[Case] = &[
        refused("a base that another clone is said to have", &*format!("{bad}; push HEAD~1:refs/remotes/evil/main").leak(), "push HEAD", &["work/task-1-api", "models/x.py"]),
        refused("the same in one push", bad, "push HEAD~1:refs/remotes/before-this-push/main HEAD", &["models/x.py"]),
        refused(
            "a task that another clone is said to have",
            "on other; commit docs/x.md 'Not mine'; push HEAD:refs/remotes/evil/work/task-2-models
             on work/task-1-api; git merge -q --no-ff --no-edit other",
            "push HEAD",
            &["merge/foreign"],
        ),
        refused("a tag on a foreign commit, then a merge of it", "on other; commit docs/x.md X; git tag t; push t; on work/task-1-api; git merge -q --no-ff --no-edit t", "push HEAD", &["merge/foreign"]),
        refused("one bad branch among many refs", format!("for n in $(seq 300); do echo create refs/heads/x/$n main; done | git update-ref --stdin; {bad}").leak(), "push 'refs/heads/x/*' HEAD", &["models/x.py", "nothing is wrong with its other 300 refs"]),
        refused("work from a shallow clone", "git clone -q --depth 1 file://$PWD/../origin.git ../cut; cd ../cut; on work/task-1-api; commit models/x.py '[CHECKPOINT] X'", "cd ../cut; git push -q ../origin.git HEAD", &["scope/outside"]),
        refused(
            "a history that is cut off, where the server takes such",
            "origin config receive.shallowUpdate true; on work/task-1-api; commit models/x.py X; commit api/x.py '[CHECKPOINT] X'
             git clone -q --depth 1 file://$PWD ../cut",
            "cd ../cut; git push -q ../origin.git HEAD",
            &["work/task-1-api\n"],
        ),
        refused(
            "objects that came by a branch of no run",
            "on wip; inner=$(printf '100644 blob %s\\t.git\\n' $(git hash-object -w README.txt) | git mktree)
             api=$( (git ls-tree HEAD:api; printf '040000 tree %s\\tsub\\n' $inner) | git mktree)
             top=$(git ls-tree HEAD | sed \"s/tree .*\\tapi$/tree $api\\tapi/\" | git mktree)
             git update-ref HEAD $(git commit-tree -p HEAD -m '[CHECKPOINT] Tree' $top); push HEAD",
            "push HEAD:refs/heads/work/task-1-api",
            &["object/malformed", ".git"],
        ),
        refused("a branch where the tasks' branches are to be", "on wip", "push HEAD:refs/heads/work", &["push/blocks", "refs/heads/work takes the place of refs/heads/work/task-"]),
        refused("a branch below a task's", "on wip", "push HEAD:refs/heads/work/task-1-api/x", &["push/blocks", "takes the place of refs/heads/work/task-1-api,"]),
        refused("a ref where the records are to be", "on wip", "push HEAD:refs/notes/orchestrate/demo", &["push/blocks"]),
        refused("a ref below a task's records", "on wip", "push HEAD:refs/notes/orchestrate/demo/task-1-api/x", &["push/blocks"]),
        refused("a ref where the journals are to be", "on wip", "push HEAD:refs/orchestrate/demo/journal", &["push/blocks"]),
    ];
    all(cases);
}

/// What a shell would take for a command comes out quoted in what a person may paste.
#[test]
fn no_name_of_a_ref_runs_anything() {
    let served = Served::new(Start::Planned);
    let push = "on work/task-1-api; commit models/x.py '[CHECKPOINT] X'; push HEAD 'main:refs/heads/a;$(touch${IFS}pwned)'";
    let said = served.sh(push).err;
    let remedy =
        said.lines().find_map(|line| line.split_once("hint: git push <remote> ")).expect("a remedy").1.trim();
    served.sh(&format!("git push -q origin {remedy}; test ! -e pwned")).ok();
    assert!(served.refs().contains("refs/heads/a;$(touch${IFS}pwned)"));
}
