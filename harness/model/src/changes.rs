//! Lists of changed files, as git writes them: `--name-only` and `--name-status`, a file a line or with zero bytes between.
//!
//! Does not: run git, or guess. What is not understood is refused, for a file that is missed runs nothing.

/// Why a list is none that can be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {text:?}, {wrong}")]
pub struct ListError {
    /// Which line, or which entry, from 1.
    pub line: usize,
    /// What it is.
    pub text: String,
    /// What is wrong with it, and what to do.
    pub wrong: &'static str,
}

/// The letters with which git begins a line of `--name-status`.
const STATUSES: &str = "ACDMRTUXB";

const STATUS_WITH_ZEROES: &str =
    "is what `git diff --name-status -z` writes: leave out one of the two, or take --name-only";
const QUOTED: &str = "is quoted: let git list with -z, or with -c core.quotePath=false";
const OF_STATUS: &str = "is no path: take the list of `git diff --no-renames --name-only`";
const ABSOLUTE: &str = "is outside of the repository: git lists paths from its top";
const BACKSLASH: &str = "has a backslash: paths have `/` between folders";
const ODD: &str = "is no path of a file from the top of the repository, as git lists them";

/// The changed files of a list, each with the name that lanes speak of; a renamed file comes under both of its names. An
/// absolute path below the top of the repository is one from there.
///
/// *Errors*: the first line that is no path.
pub fn changed(list: &str, top: &str) -> Result<Vec<String>, ListError> {
    let mut files = Vec::new();
    let is_zeroed = list.contains('\0');
    let separator = if is_zeroed { '\0' } else { '\n' };
    for (position, text) in list.split(separator).enumerate() {
        let text = if is_zeroed { text } else { text.trim_end_matches('\r') };
        let refused = |wrong| ListError { line: position + 1, text: text.to_owned(), wrong };
        if text.is_empty() {
            continue;
        }
        if is_zeroed {
            if is_status(text) {
                return Err(refused(STATUS_WITH_ZEROES));
            }
            files.push(path(text, top).map_err(refused)?);
        } else {
            for name in names(text).map_err(refused)? {
                let name = if name.contains('\\') { Err(BACKSLASH) } else { path(name, top) };
                files.push(name.map_err(refused)?);
            }
        }
    }
    Ok(files)
}

/// `M`, `R100`.
fn is_status(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|letter| STATUSES.contains(letter))
        && letters.as_str().len() <= 3
        && letters.all(|letter| letter.is_ascii_digit())
}

/// The names on a line: one, or those behind a status.
fn names(line: &str) -> Result<Vec<&str>, &'static str> {
    let mut parts = line.split('\t');
    let first = parts.next().unwrap_or_default();
    let behind: Vec<&str> = parts.collect();
    let names = match behind.as_slice() {
        [] => vec![first],
        [_] | [_, _] if is_status(first) => behind,
        _ => return Err(OF_STATUS),
    };
    let of_status = |name: &str| {
        let flags = name.as_bytes();
        let is_flag = |flag: &u8| b" MADRCU?!T".contains(flag);
        name.starts_with([' ', '\t'])
            || flags.len() > 3 && flags[..2].iter().all(is_flag) && flags[2] == b' '
            || ["diff --git ", "@@ ", "+++ ", "--- "].iter().any(|start| name.starts_with(start))
    };
    if names.iter().any(|name| name.starts_with('"')) {
        return Err(QUOTED);
    }
    if names.iter().any(|name| of_status(name)) {
        return Err(OF_STATUS);
    }
    Ok(names)
}

/// A path as patterns know it.
fn path(text: &str, top: &str) -> Result<String, &'static str> {
    let below =
        |text: &str| text.strip_prefix(top.trim_end_matches('/'))?.strip_prefix('/').map(str::to_owned);
    let windows = text.as_bytes().get(1..3).is_some_and(|rest| rest == b":/" || rest == b":\\");
    let mut path = match below(text) {
        Some(below) if !top.is_empty() => below,
        Some(_) | None if text.starts_with('/') || windows => return Err(ABSOLUTE),
        Some(_) | None => text.to_owned(),
    };
    while path.starts_with("./") {
        path.drain(..2);
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) { Err(ODD) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::changed;

    const TOP: &str = "/home/me/shop";

    #[test]
    fn lists_of_git_are_understood_a_renamed_file_under_both_of_its_names() {
        for (list, expected) in [
            ("src/main.rs\nREADME.md\n", vec!["src/main.rs", "README.md"]),
            ("src/main.rs\r\n\r\na b.txt\r\n", vec!["src/main.rs", "a b.txt"]),
            ("a\0b\tc\0d\\e\0", vec!["a", "b\tc", "d\\e"]),
            (
                "M\tsrc/a.rs\nR100\told.rs\tnew.rs\nD\tgone.rs\n",
                vec!["src/a.rs", "old.rs", "new.rs", "gone.rs"],
            ),
            ("./src/main.rs\n", vec!["src/main.rs"]),
            ("M\t././a\n", vec!["a"]),
            ("/home/me/shop/src/main.rs\n", vec!["src/main.rs"]),
            ("MODULE\nM\n", vec!["MODULE", "M"]),
            ("", vec![]),
        ] {
            assert_eq!(changed(list, TOP), Ok(expected.into_iter().map(str::to_owned).collect()), "{list:?}");
        }
    }

    #[test]
    fn what_is_no_list_of_git_is_refused_with_its_line() {
        for (list, line) in [
            ("a\n/src/main.rs\n", 2),
            ("/home/me/shopping/a\n", 1),
            ("C:/a/b\n", 1),
            ("src\\main.rs\n", 1),
            ("M\tsrc\\main.rs\n", 1),
            ("a\n../b\n", 2),
            ("a//b\n", 1),
            ("src/\n", 1),
            ("src/./a\n", 1),
            ("\"src/\\303\\244.rs\"\n", 1),
            ("R100\t\"a\"\tb\n", 1),
            ("a\tb\n", 1),
            ("M\ta\tb\tc\n", 1),
            ("a\n M src/a.rs\n", 2),
            ("?? src/a.rs\n", 1),
            ("MM src/a.rs\n", 1),
            (" src/a.rs | 3 +++\n", 1),
            ("diff --git a/x b/x\n", 1),
            ("M\0src/a.rs\0", 1),
            ("R100\0a\0b\0", 1),
        ] {
            let refused = changed(list, TOP).map_err(|error| error.line);
            assert_eq!(refused, Err(line), "{list:?}");
        }
    }
}
