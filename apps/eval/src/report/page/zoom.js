// A window in which a card's pictures are large: every pixel a square, moved by scrolling or dragging.
const factors = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
for (const card of document.querySelectorAll('.card')) {
  const button = element('button', 'enlarge', 'Zoom');
  button.type = 'button';
  button.setAttribute('aria-label', `Zoom into ${card.dataset.name}`);
  button.addEventListener('click', () => openZoom(card));
  card.querySelector('.compare').append(button);
}

function openZoom(card) {
  const stage = makeStage();
  const view = element('div', 'view', stage.root);
  const title = element('h2', '', card.dataset.name);
  const slider = Object.assign(document.createElement('input'), { type: 'range', min: 0, max: 100, step: 1 });
  const size = document.createElement('output');
  const [less, more, close] = ['−', '+', 'Close'].map((text) => element('button', '', text));
  const tools = element('div', 'tools', less, size, more, close);
  const dialog = element('dialog', 'zoom', title, view, element('label', '', 'Line', slider), tools);
  const labels = stage.show(card);
  let factor = 1;

  const cut = () => {
    // The line keeps its place in the window while the pictures move below it.
    const left = view.scrollLeft - stage.root.offsetLeft + (view.clientWidth * slider.value) / 100;
    const inside = Math.min(stage.root.clientWidth, Math.max(0, left));
    stage.cut(`${inside}px`);
  };
  const zoom = (to) => {
    const centre = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
    const scale = to / factor;
    factor = to;
    stage.root.style.width = `${stage.before.naturalWidth * factor}px`;
    view.scrollTo(centre[0] * scale - view.clientWidth / 2, centre[1] * scale - view.clientHeight / 2);
    size.value = `${factor}×`;
    cut();
  };
  const step = (by) => zoom(factors[Math.min(factors.length - 1, Math.max(0, factors.indexOf(factor) + by))]);

  less.setAttribute('aria-label', 'Smaller');
  more.setAttribute('aria-label', 'Larger');
  slider.setAttribute('aria-label', `${labels[0]} to the left of the line, ${labels[1]} to the right`);
  view.tabIndex = 0;
  view.setAttribute('role', 'group');
  view.setAttribute('aria-label', 'Pictures; scroll with the arrow keys');
  less.addEventListener('click', () => step(-1));
  more.addEventListener('click', () => step(1));
  close.addEventListener('click', () => dialog.close());
  slider.addEventListener('input', cut);
  view.addEventListener('scroll', cut);
  dragging(view);
  dialog.addEventListener('keydown', ({ key }) => (key === '+' ? step(1) : key === '-' && step(-1)));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.setAttribute('aria-label', `Zoom: ${card.dataset.name}`);
  dialog.showModal();
  const fitting = Math.min(view.clientWidth, view.clientHeight) / stage.before.naturalWidth;
  zoom(factors.findLast((each) => each <= fitting) ?? 1);
  slider.focus();
}

/** Lets the mouse drag what scrolls; touch does so by itself. */
function dragging(view) {
  view.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse') view.setPointerCapture(event.pointerId);
  });
  view.addEventListener('pointermove', (event) => {
    if (view.hasPointerCapture(event.pointerId)) view.scrollBy(-event.movementX, -event.movementY);
  });
}
