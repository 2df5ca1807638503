//! History, against `git rev-list` and `git merge-base`.

use std::collections::HashSet;

use gix_hash::ObjectId;
use orchestrate::git::Repository;
use orchestrate::model::hint::Hinted;

use super::{id, line, open};
use crate::histories;
use crate::sandbox::{Said, Sandbox};

fn ids(text: &str) -> Vec<ObjectId> {
    text.split_whitespace().map(|hex| ObjectId::from_hex(hex.as_bytes()).expect("git prints ids")).collect()
}

fn sorted(mut ids: Vec<ObjectId>) -> Vec<ObjectId> {
    ids.sort();
    ids
}

/// What git answers for two commits.
struct Answer {
    commits: [ObjectId; 2],
    /// Only the first commit has these.
    left: Vec<ObjectId>,
    /// Only the second commit has these.
    right: Vec<ObjectId>,
    bases: Vec<ObjectId>,
}

/// git's answers for all pairs of the repository's tags.
fn answers(sandbox: &Sandbox) -> Vec<Answer> {
    let tags = line(sandbox, &["tag"]);
    let pairs = tags.lines().flat_map(|a| tags.lines().filter(move |b| a <= *b).map(move |b| (a, b)));
    let answer = |(a, b): (&str, &str)| {
        let marked = line(sandbox, &["rev-list", "--left-right", &format!("{a}...{b}")]);
        let side =
            |mark| sorted(marked.lines().filter_map(|line| line.strip_prefix(mark)).flat_map(ids).collect());
        let bases = sorted(ids(&sandbox.git(&["merge-base", "--all", a, b]).out));
        Answer { commits: [id(sandbox, a), id(sandbox, b)], left: side('<'), right: side('>'), bases }
    };
    pairs.map(answer).collect()
}

fn check(repo: &Repository, answers: &[Answer]) -> anyhow::Result<()> {
    for Answer { commits: [a, b], left, right, bases } in answers {
        let counts = (left.len(), right.len());
        assert_eq!(repo.ahead_behind(*a, *b)?, counts, "ahead and behind of {a}...{b}");
        assert_eq!(repo.ahead_behind(*b, *a)?, (counts.1, counts.0), "{b}...{a}");
        assert_eq!(sorted(repo.commits_between(&[*b], &[*a])?), *left, "{b}..{a}");
        assert_eq!(sorted(repo.commits_between(&[*a], &[*b])?), *right, "{a}..{b}");
        assert_eq!(repo.merge_bases(*a, *b)?, *bases, "bases of {a} and {b}");
        assert_eq!(repo.is_ancestor(*a, *b)?, left.is_empty(), "{a} is an ancestor of {b}");
        assert_eq!(repo.is_ancestor(*b, *a)?, right.is_empty(), "{b} is an ancestor of {a}");
    }
    Ok(())
}

#[test]
fn histories_agree_with_git() {
    for dates in ["constant", "rising", "backwards"] {
        let sandbox = Sandbox::empty();
        let script = crate::sandbox::fixture("git_room/history.sh");
        let built = sandbox.command("bash", &sandbox.root).arg(script).env("DATES", dates).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let answers = answers(&sandbox);
        check(&open(&sandbox, "."), &answers).unwrap();
        sandbox.git(&["commit-graph", "write", "--reachable"]).ok();
        check(&open(&sandbox, "."), &answers).unwrap();
    }
}

#[test]
fn commits_above_the_commit_graph_are_seen() {
    let sandbox = Sandbox::from_script("git_room/history.sh");
    sandbox.git(&["commit-graph", "write", "--reachable"]).ok();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Above"]).ok();
    let repo = open(&sandbox, ".");
    let (above, side) = (id(&sandbox, "HEAD"), id(&sandbox, "side-two"));
    let count = |range: &str| line(&sandbox, &["rev-list", "--count", range]).parse::<usize>().unwrap();
    let counts = (count("side-two..HEAD"), count("HEAD..side-two"));
    assert_eq!(repo.ahead_behind(above, side).unwrap(), counts);
    assert!(repo.is_ancestor(id(&sandbox, "root"), above).unwrap());
}

#[test]
fn first_parents_are_gits() {
    let sandbox = Sandbox::from_script("git_room/history.sh");
    let repo = open(&sandbox, ".");
    for tag in ["late", "octopus", "cross-right", "root", "other"] {
        let chain = ids(&line(&sandbox, &["rev-list", "--first-parent", tag]));
        assert_eq!(repo.first_parents(id(&sandbox, tag), &HashSet::new()).unwrap(), chain, "{tag}");
    }
}

#[test]
fn first_parents_stop_where_they_are_told() {
    let sandbox = Sandbox::repository();
    for subject in ["Second", "Third", "Fourth"] {
        sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", subject]).ok();
    }
    let repo = open(&sandbox, ".");
    let (tip, stop) = (id(&sandbox, "HEAD"), HashSet::from([id(&sandbox, "HEAD~2")]));
    assert_eq!(repo.first_parents(tip, &stop).unwrap(), [tip, id(&sandbox, "HEAD~")]);
    assert!(repo.first_parents(tip, &HashSet::from([tip])).unwrap().is_empty());
}

#[test]
fn a_shallow_clone_says_what_it_cannot_know() {
    let sandbox = Sandbox::repository();
    for subject in ["Second", "Third"] {
        sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", subject]).ok();
    }
    let url = format!("file://{}", sandbox.root.display());
    sandbox.git(&["clone", "--quiet", "--depth=2", &url, "../shallow"]).ok();
    let repo = open(&sandbox, "../shallow");
    assert!(repo.is_shallow());
    let (tip, root) = (id(&sandbox, "HEAD"), id(&sandbox, "HEAD~2"));
    assert_eq!(repo.first_parents(tip, &HashSet::from([root])).unwrap().len(), 2, "what is there is known");
    let error = repo.first_parents(tip, &HashSet::new()).unwrap_err();
    let hinted = error.downcast_ref::<Hinted>().expect("a hint");
    assert!(hinted.message.contains("shallow") && hinted.hint.contains("--unshallow"), "{hinted:?}");
    assert!(repo.is_ancestor(root, tip).unwrap(), "a parent is known by its name, although it is not here");
    let orphan = ["commit-tree", "-m", "Orphan", "HEAD^{tree}"];
    let orphan = sandbox.git_in("../shallow", &orphan).ok().out;
    let orphan = ObjectId::from_hex(orphan.trim().as_bytes()).unwrap();
    assert!(repo.is_ancestor(orphan, tip).is_err(), "an unknown history is no answer");
}

#[test]
fn a_shallow_file_hides_nothing_that_is_there() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "Second"]).ok();
    let tip = id(&sandbox, "HEAD");
    sandbox.write(".git/shallow", format!("{tip}\n"));
    assert_eq!(line(&sandbox, &["rev-list", "--count", "HEAD"]), "1", "git is fooled");
    assert_eq!(open(&sandbox, ".").first_parents(tip, &HashSet::new()).unwrap().len(), 2);
}

/// More may be listed, as the same can have been elsewhere before, but nothing that is not there at all.
#[test]
fn all_new_objects_are_listed() {
    let shaped = Sandbox::from_script("git_room/history.sh");
    let generated = Sandbox::repository();
    let mut stream = Vec::new();
    (0..40).for_each(|number| drop(histories::write(&mut stream, number)));
    let mut import = generated.command("git", &generated.root);
    import.args(["fast-import", "--quiet", "--force"]);
    Said::of(import, &stream).ok();
    let (mut exact, mut more) = (0, 0);
    for (sandbox, kind) in [(shaped, "refs/tags/"), (generated, "refs/heads/")] {
        let repo = open(&sandbox, ".");
        let refs = line(&sandbox, &["for-each-ref", "--format=%(refname)", kind]);
        let refs: Vec<&str> = refs.lines().collect();
        for pair in refs.windows(2).chain(refs.windows(4)) {
            let (known, tip) = (pair[0], *pair.last().expect("two"));
            let list = |range: &[&str]| -> HashSet<ObjectId> {
                let args = [&["rev-list", "--objects", "--no-object-names"], range].concat();
                ids(&line(&sandbox, &args)).into_iter().collect()
            };
            let commits = repo.commits_between(&[id(&sandbox, known)], &[id(&sandbox, tip)]).expect("a list");
            let listed = repo.objects_of(&commits).expect("a list");
            let listed: HashSet<ObjectId> = listed.into_iter().collect();
            let (mut new, all) = (list(&[tip, &format!("^{known}")]), list(&[tip]));
            // Everybody has it.
            new.remove(&repo.empty_tree());
            assert!(new.is_subset(&listed), "{known}..{tip}: {:?}", new.difference(&listed));
            assert!(listed.is_subset(&all), "{known}..{tip}: {:?}", listed.difference(&all));
            (exact, more) = (exact + new.len(), more + listed.len());
        }
    }
    assert!(exact > 300 && more < 2 * exact, "{more} for {exact}");
}
