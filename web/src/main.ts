import { stage } from './lib/art';
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { appConfig, content } from './lib/api';
import { browserRows, coverOf } from './lib/home';
import { startLanguage } from './lib/i18n.svelte';
import { startRouter } from './lib/router.svelte';
import { parse } from './lib/routes';
import { slidesOf } from './lib/slides';
import { startSpatial } from './lib/spatial';

startLanguage();
if (new URLSearchParams(location.search).has('tv') || sessionStorage.getItem('marquee.tv')) {
  sessionStorage.setItem('marquee.tv', '1');
  document.documentElement.classList.add('tv');
}
// What the first page paints largest: asked for while the components are still being set up. Errors are shown by the page.
appConfig().catch(() => {});
const paint = (picture: string | undefined) => { if (picture) Object.assign(new Image(), stage(picture)); };
const start = parse(location.pathname);
if (start.name === 'home') {
  coverOf('home').then((cover) => paint(cover && slidesOf(cover)[0]?.image), () => {});
  browserRows().catch(() => {});
} else if (start.name === 'title') {
  content(start.slug).then((title) => paint((title.thumbnail ?? title.poster)?.url), () => {});
}
startRouter();
startSpatial();
mount(App, { target: document.getElementById('app')! });
