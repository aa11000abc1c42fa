//! Which commit of which branch is checked out, read off the files of git: no program is started for it.
//!
//! Does not: say whether anything was changed since.

use std::fs;
use std::path::{Path, PathBuf};

/// What is checked out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    /// The commit.
    pub commit: Option<String>,
    /// The branch; none where a commit is checked out by itself.
    pub branch: Option<String>,
}

/// What is checked out around a folder; nothing where that is no work of git's.
pub fn around(folder: &Path) -> Revision {
    let found = folder.ancestors().find_map(|folder| repository(&folder.join(".git")));
    found.and_then(|(own, shared)| read(&own, &shared)).unwrap_or_default()
}

/// The folder of a working tree and the one that all trees of a repository share.
fn repository(git: &Path) -> Option<(PathBuf, PathBuf)> {
    if git.is_dir() {
        return Some((git.to_owned(), git.to_owned()));
    }
    // Another working tree of a repository has a file that says where its folder is.
    let text = fs::read_to_string(git).ok()?;
    let own = git.parent()?.join(text.trim().strip_prefix("gitdir:")?.trim());
    let shared = fs::read_to_string(own.join("commondir"));
    let shared = shared.map_or_else(|_none| own.clone(), |shared| own.join(shared.trim()));
    Some((own, shared))
}

fn read(own: &Path, shared: &Path) -> Option<Revision> {
    let head = fs::read_to_string(own.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref:").map(str::trim) else {
        return Some(Revision { commit: commit(&head), branch: None });
    };
    let loose = fs::read_to_string(shared.join(name)).ok();
    Some(Revision {
        commit: loose.as_deref().and_then(commit).or_else(|| packed(shared, name)),
        branch: name.strip_prefix("refs/heads/").map(str::to_owned),
    })
}

fn packed(shared: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(shared.join("packed-refs")).ok()?;
    let rows = text.lines().filter_map(|line| line.split_once(' '));
    rows.filter(|(_, of)| *of == name).find_map(|(text, _)| commit(text))
}

fn commit(text: &str) -> Option<String> {
    let text = text.trim();
    let is_one = text.len() >= 40 && text.chars().all(|letter| letter.is_ascii_hexdigit());
    is_one.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Revision, around};
    use std::fs;
    use std::path::Path;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn revision(commit: Option<&str>, branch: Option<&str>) -> Revision {
        Revision { commit: commit.map(str::to_owned), branch: branch.map(str::to_owned) }
    }

    #[test]
    fn a_branch_has_its_commit_in_a_file_or_among_the_packed_ones() {
        let folder = tempfile::tempdir().unwrap();
        let (git, below) = (folder.path().join(".git"), folder.path().join("a/b"));
        fs::create_dir_all(&below).unwrap();
        write(&git.join("HEAD"), "ref: refs/heads/feature/x\n");
        assert_eq!(around(&below), revision(None, Some("feature/x")));
        write(&git.join("packed-refs"), &format!("# pack-refs\n{TWO} refs/heads/feature/x\n^{ONE}\n"));
        assert_eq!(around(&below), revision(Some(TWO), Some("feature/x")));
        write(&git.join("refs/heads/feature/x"), &format!("{ONE}\n"));
        assert_eq!(around(&below), revision(Some(ONE), Some("feature/x")));
    }

    #[test]
    fn a_commit_that_is_checked_out_by_itself_has_no_branch() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join(".git/HEAD"), ONE);
        assert_eq!(around(folder.path()), revision(Some(ONE), None));
    }

    #[test]
    fn another_working_tree_has_a_head_of_its_own_and_the_branches_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let (git, tree) = (folder.path().join("main/.git"), folder.path().join("tree"));
        write(&git.join("refs/heads/side"), TWO);
        write(&git.join("worktrees/tree/HEAD"), "ref: refs/heads/side");
        write(&git.join("worktrees/tree/commondir"), "../..\n");
        write(&tree.join(".git"), &format!("gitdir: {}\n", git.join("worktrees/tree").display()));
        assert_eq!(around(&tree), revision(Some(TWO), Some("side")));
    }

    #[test]
    fn what_is_no_work_of_git_has_neither() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join(".git/HEAD"), "nonsense");
        assert_eq!(around(folder.path()), Revision::default());
    }
}
