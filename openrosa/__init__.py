"""The field's formats and protocol: XForm, instance, encryption, formList, manifest, submission; both ends."""
