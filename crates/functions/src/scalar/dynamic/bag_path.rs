//! Keys of bags as the bag functions take them: a plain name, or a JSONPath of names such as `$.a.b` or `$['a']`.

/// The names on the way to a key; `None` for a path that is malformed, steps into arrays or names the root.
pub(super) fn keys(text: &str) -> Option<Vec<&str>> {
    let Some(mut rest) =
        text.strip_prefix('$').filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    else {
        return Some(vec![text]);
    };
    let mut keys = Vec::new();
    while !rest.is_empty() {
        let (key, after) = if let Some(after) = rest.strip_prefix('.').filter(|after| !after.starts_with('['))
        {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            after.split_at(end)
        } else {
            let bracket = rest.strip_prefix('.').unwrap_or(rest).strip_prefix('[')?;
            let quote = bracket.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
            let (key, after) = bracket.get(1..)?.split_once(quote)?;
            (key, after.strip_prefix(']')?)
        };
        if key.is_empty() {
            return None;
        }
        keys.push(key);
        rest = after;
    }
    (!keys.is_empty()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn a_plain_name_is_one_key_and_a_path_several() {
        assert_eq!(keys("a.b"), Some(vec!["a.b"]));
        assert_eq!(keys("$price"), Some(vec!["$price"]));
        assert_eq!(keys("$.a.b"), Some(vec!["a", "b"]));
        assert_eq!(keys("$['a.b'].c"), Some(vec!["a.b", "c"]));
        assert_eq!(keys("$"), None);
        assert_eq!(keys("$.a[0]"), None);
        assert_eq!(keys("$.a..b"), None);
    }
}
