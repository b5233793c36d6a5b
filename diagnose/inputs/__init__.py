"""Names to byte streams: files, folders and standard input, unpacked where their content says so. One row a kind in
`kinds`.
"""
