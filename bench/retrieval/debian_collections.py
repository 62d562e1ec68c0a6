"""
Makes two collections of what Debian 12 ships, in the form that bench/retrieval/collection.ts reads:

    python3 bench/retrieval/debian_collections.py .cache/collections

debian-packages: packages' long descriptions; the query is the one-line summary, which the text does not have.
faq: sections of a long FAQ (the package `anarchism`); the query is the section's heading, a question, which the text does not have.
Each query has one text that answers it, so what else would answer it counts as wrong. The choice is the same each time.
"""
import glob
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile

TEXTS, QUERIES, SECTIONS, WORDS_A_SECTION = 400, 200, 100, 450


def main(out):
    random.seed(5)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        packages = descriptions(folder)
        random.shuffle(packages)
        chosen = packages[:TEXTS]
        write(out, 'debian-packages', [(name, text) for name, _, text in chosen], [(summary, name) for name, summary, _ in chosen[:QUERIES]])
        sections = questions(folder)
        random.shuffle(sections)
        chosen = sections[:SECTIONS]
        write(out, 'faq', [(name, text) for name, text, _ in chosen], [(heading, name) for name, _, heading in chosen])


def descriptions(folder):
    lists = os.path.join(folder, 'lists')
    os.makedirs(os.path.join(lists, 'partial'))
    options = ['-o', 'Acquire::Languages=en', '-o', f'Dir::State::lists={lists}']
    subprocess.run(['apt-get', '-qq', *options, 'update'], check=True)
    (path,) = glob.glob(lists + '/*bookworm_main_i18n_Translation-en*')
    text = subprocess.run(['/usr/lib/apt/apt-helper', 'cat-file', path], capture_output=True, text=True, check=True).stdout
    found = []
    for block in text.split('\n\n'):
        package = re.search(r'^Package: (.*)$', block, re.M)
        described = re.search(r'^Description-en: (.*)\n((?: .*\n?)*)', block, re.M)
        if not package or not described:
            continue
        body = '\n'.join('' if line.strip() == '.' else line[1:] for line in described.group(2).rstrip('\n').split('\n'))
        if len(body.split()) >= 40 and len(described.group(1).split()) >= 4:
            found.append((package.group(1), described.group(1), body))
    # Packages of one source describe themselves in the same words; one of them is enough.
    seen, unique = set(), []
    for name, summary, body in sorted(found):
        keys = body[:80], re.sub(r'\(.*?\)|- .*$', '', summary).strip().lower()
        if not seen.intersection(keys):
            seen.update(keys)
            unique.append((name, summary, body))
    return unique


def questions(folder):
    subprocess.run(['apt-get', '-qq', 'download', 'anarchism'], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    (package,) = glob.glob(folder + '/anarchism*.deb')
    subprocess.run(['dpkg', '-x', package, folder + '/faq'], check=True)
    pages = folder + '/faq/usr/share/doc/anarchism/html/'
    found = []
    for path in sorted(glob.glob(pages + 'sec*.html') + glob.glob(pages + 'app*.html')):
        with open(path, encoding='utf8', errors='replace') as page:
            parts = re.split(r'<h[1-4][^>]*>(.*?)</h[1-4]>', page.read(), flags=re.S)
        for i in range(1, len(parts) - 1, 2):
            heading = re.sub(r'^[A-Z0-9]+(\.[0-9]+)*\.?\s+', '', re.sub(r'\s+', ' ', plain(parts[i])))
            body = re.sub(r'\n\s*\n+', '\n\n', plain(parts[i + 1]))
            if heading.endswith('?') and len(body.split()) >= 150:
                found.append((f'{os.path.basename(path)}-{i}', ''.join(re.findall(r'\S+\s*', body)[:WORDS_A_SECTION]), heading))
    return found


def plain(markup):
    broken = re.sub(r'</p>|<br */?>', '\n\n', markup)
    return html.unescape(re.sub(r'[ \t]+', ' ', re.sub(r'<[^>]+>', '', broken))).strip()


def write(out, name, documents, queries):
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    lines = {
        'documents.jsonl': [json.dumps({'id': each, 'text': text}) for each, text in documents],
        'queries.jsonl': [json.dumps({'id': f'q{i}', 'text': text}) for i, (text, _) in enumerate(queries)],
        'relevance.tsv': ['query\tdocument\tgain', *(f'q{i}\t{answer}\t1' for i, (_, answer) in enumerate(queries))],
    }
    for file, content in lines.items():
        with open(os.path.join(folder, file), 'w') as target:
            target.write('\n'.join(content) + '\n')
    print(f'{name}: {len(documents)} texts, {len(queries)} queries')


main(sys.argv[1])
