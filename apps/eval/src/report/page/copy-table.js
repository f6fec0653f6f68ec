// A button at each table that copies it as Markdown.
for (const table of document.querySelectorAll('.table')) {
  const button = table.querySelector('.copy');
  const markdown = JSON.parse(table.querySelector('.markdown').textContent);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', () => void copyAndSay());

  async function copyAndSay() {
    button.textContent = (await copy(markdown)) ? 'Copied' : 'Could not be copied';
    setTimeout(() => (button.textContent = label), 2000);
  }
}

/** Where a page opened from a file may not use the clipboard, the old way still works. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
