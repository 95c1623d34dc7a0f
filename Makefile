lock:
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--group build pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--constraint requirements.txt --group dev pyproject.toml -o requirements-dev.txt
