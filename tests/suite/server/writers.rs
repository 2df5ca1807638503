//! Who writes what of a run's data: the orchestrator's part is the plan writers', where any are named; a
//! journal has entries of its writer, and records are of their task.

use super::cases::{Case, all, refused, taken};

const HINT: &str = "config --add orchestrate.planWriter worker";
const NAMED: &str = "origin config orchestrate.planWriter lead;";
/// entry <ref> <writer> <task>
const ENTRY: &str = r#"entry() {
    old=$(git rev-parse -q --verify "$1" || true)
    new=$(printf 'x\n\nEvent: failed\nTask: %s\nWriter: %s\n' "$3" "$2" | git commit-tree "$(git mktree </dev/null)" ${old:+-p "$old"})
    git update-ref "$1" "$new"; }; j=refs/orchestrate/demo/journal;"#;
/// record <ref of notes> <run> <task>
const RECORD: &str = r#"record() { git notes --ref="$1" add -f -m "Run: $2
Task: $3
Tree: $(git rev-parse HEAD^{tree})
Paths: 1
Recorded-by: test"; }; n=orchestrate/demo/task-1-api; on work/task-1-api; commit api/x.py '[CHECKPOINT] X';"#;

fn after(first: &str, then: &str) -> &'static str {
    format!("{first} {then}").leak()
}

#[test]
fn every_writer_writes_its_own() {
    let cases: &[Case] = &[
        taken(
            "the orchestrator's journal by a plan writer",
            after(NAMED, after(ENTRY, "entry $j/orchestrator orchestrator task-1-api")),
            "REMOTE_USER=lead push $(git for-each-ref --format='%(refname)' refs/orchestrate/demo/journal)",
        ),
        taken(
            "the orchestrator's journal where nobody is named",
            after(ENTRY, "entry $j/orchestrator orchestrator task-1-api"),
            "push refs/orchestrate/demo/journal/orchestrator",
        ),
        taken(
            "a worker's journal",
            after(NAMED, after(ENTRY, "entry $j/task-1-api task-1-api task-1-api")),
            "push refs/orchestrate/demo/journal/task-1-api",
        ),
        taken(
            "backups by a plan writer",
            after(NAMED, "git update-ref refs/orchestrate/demo/backup/x/1 HEAD"),
            "REMOTE_USER=lead push refs/orchestrate/demo/backup/x/1",
        ),
        taken(
            "records of a task",
            after(NAMED, after(RECORD, "record $n demo task-1-api")),
            "push HEAD 'refs/notes/*'",
        ),
    ];
    all(cases);
}

#[test]
fn nobody_writes_anothers() {
    let cases: &[Case] = &[
        refused(
            "the orchestrator's journal by a worker",
            after(NAMED, after(ENTRY, "entry $j/orchestrator orchestrator task-1-api")),
            "push refs/orchestrate/demo/journal/orchestrator",
            &["push/orchestrator  worker may not write the journal of orchestrator", HINT],
        ),
        refused(
            "the journal of nobody in the plan",
            after(NAMED, after(ENTRY, "entry $j/eve eve task-1-api")),
            "push refs/orchestrate/demo/journal/eve",
            &["push/orchestrator"],
        ),
        refused(
            "an integration in progress, which a lead would go on with",
            after(NAMED, "git update-ref refs/orchestrate/demo/integration HEAD"),
            "push refs/orchestrate/demo/integration",
            &["push/orchestrator", HINT],
        ),
        refused(
            "a backup by a worker",
            after(NAMED, "git update-ref refs/orchestrate/demo/backup/x/1 HEAD"),
            "push refs/orchestrate/demo/backup/x/1",
            &["push/orchestrator"],
        ),
        refused(
            "the deletion of the orchestrator's journal",
            after(
                ENTRY,
                after("entry $j/orchestrator orchestrator task-1-api; push $j/orchestrator;", NAMED),
            ),
            "push :refs/orchestrate/demo/journal/orchestrator",
            &["push/orchestrator"],
        ),
        refused(
            "records of nobody in the plan",
            after(NAMED, after(RECORD, "record orchestrate/demo/eve demo eve")),
            "push 'refs/notes/*'",
            &["push/orchestrator"],
        ),
        refused(
            "an entry of another writer",
            after(ENTRY, "entry $j/task-1-api orchestrator task-1-api"),
            "push refs/orchestrate/demo/journal/task-1-api",
            &["push/malformed  this is not the journal of task-1-api: ", "is an entry of orchestrator"],
        ),
        refused(
            "an entry about another task",
            after(ENTRY, "entry $j/task-1-api task-1-api task-2-models"),
            "push refs/orchestrate/demo/journal/task-1-api",
            &["speaks of task-2-models"],
        ),
        refused(
            "such an entry below a good one",
            after(
                ENTRY,
                "entry $j/task-1-api task-1-api task-2-models; entry $j/task-1-api task-1-api task-1-api",
            ),
            "push refs/orchestrate/demo/journal/task-1-api",
            &["speaks of task-2-models"],
        ),
        refused(
            "an entry with a second parent",
            after(
                ENTRY,
                "entry $j/task-1-api task-1-api task-1-api; x=$(git rev-parse $j/task-1-api); git update-ref $j/task-1-api $(git cat-file -p $x | sed '/^$/,$!d;1d' | git commit-tree -p $x -p HEAD $x^{tree})",
            ),
            "push refs/orchestrate/demo/journal/task-1-api",
            &["push/malformed", "is no entry of a journal"],
        ),
        refused(
            "a record of another task",
            after(RECORD, "record $n demo task-2-models"),
            "push 'refs/notes/*'",
            &[
                "push/malformed  this is not the records of task-1-api: the note on ",
                "is a record of task-2-models in demo",
            ],
        ),
        refused(
            "a record of another run",
            after(RECORD, "record $n other task-1-api"),
            "push 'refs/notes/*'",
            &["is a record of task-1-api in other"],
        ),
        refused(
            "records that were rewritten",
            after(
                RECORD,
                "record $n demo task-1-api; push 'refs/notes/*'; git update-ref -d refs/notes/$n; commit api/y.py '[CHECKPOINT] Y'; record $n demo task-1-api",
            ),
            "push -f 'refs/notes/*'",
            &["push/rewritten"],
        ),
    ];
    all(cases);
}
