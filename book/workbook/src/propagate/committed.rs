//! The committed files: those of the commit that `HEAD` names, read without git.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use gix_object::{FindExt, Kind};
use gix_odb::Handle;
use gix_ref::file::ReferenceExt;

/// The files below `folder`, by their paths below it, with `/`. `folder` is below `root`, which is
/// in a repository.
///
/// # Errors
/// If there is no repository, or no commit in it, or if it cannot be read.
pub fn files(root: &Path, folder: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let (top, git) = root
        .ancestors()
        .map(|top| (top, top.join(".git")))
        .find(|(_, git)| git.exists())
        .with_context(|| format!("{} is not in a git repository", root.display()))?;
    let below = root.strip_prefix(top)?.join(folder);
    let git = follow(git)?;
    // A linked worktree uses the objects of its repository.
    let common = match fs::read_to_string(git.join("commondir")) {
        Ok(path) => git.join(path.trim()),
        Err(_) => git.clone(),
    };
    let kind = gix_hash::Kind::Sha1;
    let objects = gix_odb::at(common.join("objects"), kind)?;
    let references = gix_ref::file::Store::for_linked_worktree(git, common, kind);
    let mut head = references.find("HEAD").map_err(|error| anyhow!("HEAD: {error}"))?;
    let commit = head
        .peel_to_id(&references, &objects)
        .map_err(|error| anyhow!("there is no commit yet: {error}"))?;

    let mut buffer = Vec::new();
    let problem = |error| anyhow!("the commit {commit}: {error}");
    let tree = objects.find_commit(&commit, &mut buffer).map_err(problem)?.tree();
    let mut buffer = Vec::new();
    let tree = objects.find_tree_iter(&tree, &mut buffer).map_err(problem)?;
    let mut buffer = Vec::new();
    let entry = tree.lookup_entry_by_path(&objects, &mut buffer, &below).map_err(problem)?;
    let mut files = BTreeMap::new();
    if let Some(entry) = entry {
        walk(&objects, &entry.oid, "", &mut files)?;
    }
    Ok(files)
}

/// In a linked worktree, `.git` is a file that names the folder.
fn follow(git: PathBuf) -> Result<PathBuf> {
    if git.is_dir() {
        return Ok(git);
    }
    let text = fs::read_to_string(&git)?;
    let path = text.strip_prefix("gitdir:").context("`.git` names no folder")?;
    Ok(git.parent().unwrap_or(&git).join(path.trim()))
}

fn walk(
    objects: &Handle,
    tree: &gix_hash::oid,
    below: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<()> {
    let mut buffer = Vec::new();
    let tree = objects.find_tree(tree, &mut buffer).map_err(|error| anyhow!("{error}"))?;
    for entry in &tree.entries {
        let name = format!("{below}{}", entry.filename);
        if entry.mode.is_tree() {
            walk(objects, entry.oid, &format!("{name}/"), files)?;
        } else if entry.mode.is_blob() {
            let mut buffer = Vec::new();
            let data = objects.find(entry.oid, &mut buffer).map_err(|error| anyhow!("{error}"))?;
            debug_assert_eq!(data.kind, Kind::Blob);
            files.insert(name, data.data.to_vec());
        }
    }
    Ok(())
}
