"""One file per migration; schema and data never change in the same one."""
