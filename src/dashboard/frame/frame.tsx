import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { session } from '../api/session';
import { address } from '../location';
import { Icon, type IconName } from '../parts/icon';
import { text } from '../texts';
import { DropZone } from './drop-zone';
import { LiveMark } from './live-mark';
import { SignOut } from './sign-out';
import { ThemeSwitch } from './theme-switch';
import { UploadTray } from './upload-tray';

const pages = ['overview', 'bundles', 'devices', 'rollouts', 'certificates', 'events', 'settings'] as const;

const sidebarKey = 'sidebar';
const isCollapsed = signal(localStorage.getItem(sidebarKey) === 'collapsed');

function toggleSidebar(): void {
  isCollapsed.value = !isCollapsed.value;
  localStorage.setItem(sidebarKey, isCollapsed.value ? 'collapsed' : 'open');
}

/** The frame around every page: navigation, theme, live state, uploads and messages. */
export function Frame({ children }: { readonly children: ComponentChildren }) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const current = address.value;
  useEffect(() => setMenuOpen(false), [current]);
  const collapsed = isCollapsed.value;
  return (
    <div class={`frame ${collapsed ? 'collapsed' : ''} ${isMenuOpen ? 'menu-open' : ''}`}>
      <a class="skip" href="#main">
        {text.frame.skip}
      </a>
      <header class="top-bar">
        <button
          type="button"
          class="quiet square"
          aria-label={isMenuOpen ? text.frame.closeMenu : text.frame.openMenu}
          aria-expanded={isMenuOpen}
          aria-controls="sidebar"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name={isMenuOpen ? 'close' : 'menu'} />
        </button>
        <a class="brand" href="/">
          {text.frame.product}
        </a>
        <LiveMark isShort />
      </header>
      <aside
        id="sidebar"
        class="sidebar"
        onKeyDown={(event) => {
          if (event.key === 'Escape') setMenuOpen(false);
        }}
      >
        <div class="sidebar-head">
          <a class="brand" href="/" aria-label={text.frame.product}>
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <span class="label">{text.frame.product}</span>
          </a>
        </div>
        <nav aria-label={text.frame.navigation}>
          <ul>
            {pages.map((page) => (
              <NavigationItem key={page} page={page} isShort={collapsed} />
            ))}
          </ul>
        </nav>
        <div class="sidebar-foot">
          <LiveMark isShort={collapsed} />
          <ThemeSwitch isShort={collapsed} />
          <SignOut isShort={collapsed} />
          <div class="collapse">
            <button
              type="button"
              class="quiet square"
              aria-label={collapsed ? text.frame.expand : text.frame.collapse}
              aria-expanded={!collapsed}
              onClick={toggleSidebar}
            >
              <Icon name={collapsed ? 'expand' : 'collapse'} />
            </button>
            <span class="label small muted">{text.frame.version(session.value?.version ?? '')}</span>
          </div>
        </div>
      </aside>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <UploadTray />
      <DropZone />
    </div>
  );
}

interface NavigationItemProps {
  readonly page: (typeof pages)[number] & IconName;
  readonly isShort: boolean;
}

function NavigationItem({ page, isShort }: NavigationItemProps) {
  const isCurrent = (address.value.path[0] ?? 'overview') === page;
  const label = text.frame.pages[page];
  return (
    <li>
      <a
        href={page === 'overview' ? '/' : `/${page}`}
        aria-current={isCurrent ? 'page' : undefined}
        title={isShort ? label : undefined}
      >
        <Icon name={page} />
        <span class="label">{label}</span>
      </a>
    </li>
  );
}
