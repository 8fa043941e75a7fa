"""`coderai verify`: whether a bundle is what it says it is."""
