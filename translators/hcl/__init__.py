"""HashiCorp's configuration language: read with python-hcl2, printed as ``terraform fmt`` does.

Expressions are evaluated as far as a file alone allows.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""
