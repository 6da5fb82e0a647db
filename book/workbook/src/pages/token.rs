//! The tags of a built page.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag as HtmlTag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};

/// An opening or closing tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// `a`, `svg`.
    pub name: String,
    /// Whether it is an opening tag.
    pub opens: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The tags of a page, in their order.
pub fn tags(html: &str) -> Vec<Tag> {
    let tokenizer = Tokenizer::new(Tags::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    // The tokenizer stops after each script, so that a browser can run it.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.take()
}

#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(HtmlTag { kind, name, attrs, .. }) = token else {
            return TokenSinkResult::Continue;
        };
        let attributes = attrs.into_iter();
        let attributes = attributes
            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
            .collect();
        let (name, opens) = (name.to_string(), kind == TagKind::StartTag);
        let raw = match name.as_str() {
            "script" if opens => Some(RawKind::ScriptData),
            "style" if opens => Some(RawKind::Rawtext),
            _ => None,
        };
        self.0.borrow_mut().push(Tag { name, opens, attributes });
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_and_those_in_scripts_are_not() {
        let found = tags("<p id=\"a&amp;b\">x</p><script>if (1<a) '<b>'</script><img src=c>");
        let names: Vec<&str> = found.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["p", "p", "script", "script", "img"]);
        assert_eq!(found[0].get("id"), Some("a&b"));
        assert_eq!(found[4].get("src"), Some("c"));
        assert!(found[0].opens && !found[1].opens);
    }
}
